import Hummingbird

/// The look of all pages. It has an address of its own, so that the pages need no inline style.
enum Stylesheet {
    static let asset = HashedAsset("gallery", "css", contentType: "text/css; charset=utf-8", text: text)

    private static let text = """
        :root {
          color-scheme: light dark;
          --ground: #f6f4f0;
          --surface: #ffffff;
          --hollow: #e9e5de;
          --ink: #1e1b18;
          --quiet: #676058;
          --line: #e0dbd2;
          --accent: #a8325a;
          --on-accent: #ffffff;
          --shadow: 0 1px 2px rgb(60 50 40 / .06), 0 6px 20px rgb(60 50 40 / .06);
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ground: #131214;
            --surface: #1c1b1e;
            --hollow: #29272c;
            --ink: #eeebe7;
            --quiet: #a7a0a3;
            --line: #2f2d32;
            --accent: #f48fb0;
            --on-accent: #2b0a17;
            --shadow: none;
          }
        }
        *, *::before, *::after { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
        body {
          display: flex; flex-direction: column; min-height: 100vh; margin: 0;
          background: var(--ground);
          color: var(--ink);
          font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
        }
        a { color: inherit; text-underline-offset: .2em; }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; border-radius: .25rem; }
        main { flex: 1; }
        main:focus { outline: none; }
        .unseen {
          position: absolute; width: 1px; height: 1px; overflow: hidden;
          clip-path: inset(50%); white-space: nowrap;
        }
        .skip {
          position: absolute; inset: .5rem auto auto .5rem; z-index: 2; padding: .5rem 1rem;
          background: var(--accent); color: var(--on-accent); border-radius: .5rem;
          transform: translateY(-200%);
        }
        .skip:focus { transform: none; }

        .top, main, .bottom {
          width: 100%; max-width: 84rem; margin-inline: auto;
          padding-inline: clamp(1rem, 4vw, 2.5rem);
        }
        .top {
          display: flex; flex-wrap: wrap; align-items: center; gap: .75rem 2rem; padding-block: 1.25rem .5rem;
        }
        .brand {
          display: inline-flex; align-items: center; gap: .6rem;
          font-weight: 650; font-size: 1.125rem; letter-spacing: -.01em; text-decoration: none;
        }
        .mark { width: 1.75rem; height: 1.75rem; color: var(--accent); }
        .top nav { min-width: 0; max-width: 100%; }
        .top ul {
          display: flex; gap: .25rem; margin: 0 -.5rem; padding: .25rem .5rem; list-style: none; overflow-x: auto;
          scrollbar-width: none;
        }
        .top li { flex: none; }
        .top li a {
          display: block; padding: .375rem .875rem; border-radius: 2rem;
          color: var(--quiet); text-decoration: none;
        }
        .top li a:hover { background: var(--hollow); color: var(--ink); }
        .top li a[aria-current] { background: var(--ink); color: var(--ground); }
        .top li a:focus-visible { outline-offset: -3px; border-radius: 2rem; }

        h1 {
          margin: 1.5rem 0 1.25rem; font-size: clamp(1.75rem, 1.2rem + 2.4vw, 2.75rem);
          font-weight: 700; line-height: 1.1; letter-spacing: -.025em; overflow-wrap: anywhere;
        }

        .grid {
          display: grid; gap: clamp(.75rem, 2vw, 1.5rem); margin: 0; padding: 0; list-style: none;
          grid-template-columns: repeat(auto-fill, minmax(min(100%, 15.5rem), 1fr));
        }
        .card, .card article { display: flex; min-width: 0; }
        .card article {
          flex: 1; flex-direction: column; background: var(--surface);
          border-radius: 1rem; box-shadow: var(--shadow); overflow: clip;
        }
        .picture { position: relative; display: block; background: var(--hollow); overflow: clip; }
        .picture img {
          display: block; width: 100%; height: auto; aspect-ratio: 4 / 5; object-fit: cover;
          color: var(--quiet); font-size: .875rem; line-height: 1.4; overflow-wrap: anywhere;
          transition: transform .5s ease;
        }
        .picture:hover img { transform: scale(1.025); }
        .picture:focus-visible { outline-offset: -5px; border-radius: 1rem; }
        .badge {
          position: absolute; inset: .75rem .75rem auto auto; padding: 0 .625rem; border-radius: 1rem;
          background: rgb(20 18 20 / .72); color: #fff; font-size: .8125rem; line-height: 1.625rem;
        }
        .badge.many::before { content: "▣ "; content: "▣ " / ""; }
        .blur {
          position: absolute; inset: -10%; width: 120%; height: 120%; filter: blur(1.5rem); pointer-events: none;
        }
        .blur + img { position: relative; }
        .veiled .picture img { filter: blur(2rem); }
        .veiled .picture:hover img, .veiled .picture:focus-visible img { filter: none; }
        .caption {
          display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; line-clamp: 3;
          margin: .875rem 1rem 0; overflow: hidden; overflow-wrap: anywhere; font-size: .9375rem; line-height: 1.45;
        }
        .meta {
          display: flex; flex-wrap: wrap; gap: 0 .5rem; margin: 0; color: var(--quiet); font-size: .8125rem;
        }
        .meta > :not(:last-child)::after { content: "·"; content: "·" / ""; margin-inline-start: .5rem; }
        .meta a { text-decoration: none; }
        .meta a:hover { text-decoration: underline; }
        .card .meta { margin: auto 1rem 0; padding-block: .5rem .875rem; }

        @media (min-width: 46rem) {
          .led > :first-child:not(:only-child) { grid-column: span 2; grid-row: span 2; }
          .led > :first-child:not(:only-child) .picture { flex: 1 1 0; min-height: 24rem; }
          .led > :first-child:not(:only-child) img { position: absolute; inset: 0; height: 100%; aspect-ratio: auto; }
          .led > :first-child:not(:only-child) .caption { font-size: 1.0625rem; }
        }
        .grid:has(> :only-child) { grid-template-columns: minmax(0, 32rem); }

        .bar { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0 1rem; }
        .live, .offer { font: inherit; cursor: pointer; border-radius: 2rem; }
        .live {
          padding: .25rem .875rem; border: 1px solid var(--line); background: none; color: var(--quiet);
          font-size: .875rem;
        }
        .live::before {
          content: ""; display: inline-block; width: .5rem; height: .5rem; margin-inline-end: .5rem;
          border: 1.5px solid currentColor; border-radius: 50%; vertical-align: .05em;
        }
        .live[aria-pressed=true] { color: var(--ink); }
        .live[aria-pressed=true]::before { background: var(--accent); border-color: var(--accent); }
        .live:hover { border-color: var(--accent); }
        .live:focus-visible, .offer:focus-visible { border-radius: 2rem; }
        .offer {
          position: fixed; inset: auto 0 1.5rem; z-index: 1; width: max-content; margin-inline: auto;
          padding: .625rem 1.5rem; border: 0; background: var(--accent); color: var(--on-accent); font-weight: 550;
          box-shadow: 0 4px 20px rgb(0 0 0 / .25);
        }
        .offer[hidden] { display: none; }
        @media (prefers-reduced-motion: no-preference) {
          .new { animation: arrive .6s ease-out; }
          @keyframes arrive { from { opacity: 0; transform: scale(.96); } }
        }

        .paging { display: flex; flex-wrap: wrap; gap: .75rem; justify-content: center; margin-block: 2.5rem 1rem; }
        .paging a {
          padding: .625rem 1.5rem; border: 1px solid var(--line); border-radius: 2rem;
          background: var(--surface); text-decoration: none; font-weight: 550;
        }
        .paging a:hover { border-color: var(--accent); color: var(--accent); }
        .paging a:focus-visible { border-radius: 2rem; }

        .empty { max-width: 34rem; margin: 12vh auto; text-align: center; }
        .empty .mark { width: 4rem; height: 4rem; opacity: .55; }
        .empty h2 { margin: 1rem 0 .5rem; font-size: 1.375rem; letter-spacing: -.01em; }
        .empty p { margin: 0; color: var(--quiet); }
        .empty ul {
          margin: 1.5rem 0 0; padding: 1rem 1.25rem; list-style: none; text-align: start;
          background: var(--surface); border-radius: 1rem; box-shadow: var(--shadow); font-size: .9375rem;
        }

        .tags {
          display: grid; gap: .75rem; margin: 0; padding: 0; list-style: none;
          grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr));
        }
        .tags li {
          padding: 1rem 1.25rem; background: var(--surface); border-radius: 1rem; box-shadow: var(--shadow);
        }
        .tags a { font-size: 1.125rem; font-weight: 600; overflow-wrap: anywhere; }

        .bottom {
          display: flex; flex-wrap: wrap; justify-content: space-between; gap: .5rem 2rem;
          padding-block: 3rem 2rem; color: var(--quiet); font-size: .875rem;
        }
        .bottom p { margin: 0; }

        @media (prefers-reduced-motion: reduce) {
          *, *::before, *::after { transition: none !important; }
        }
        @media (forced-colors: active) {
          .card article, .tags li { border: 1px solid; }
        }

        """
}

/// A file that the pages take. Its address holds a hash of its text, so that caches may keep it for good.
struct HashedAsset: Sendable {
    let path: String
    let representation: Representation

    /// - Parameters:
    ///   - name: the name of the file, before the hash.
    ///   - suffix: what the name ends with, without the dot.
    init(_ name: String, _ suffix: String, contentType: String, text: String) {
        path = "/assets/\(name)-\(EntityTag(of: text.utf8).digits).\(suffix)"
        representation = Representation(
            body: ByteBuffer(string: text), contentType: contentType, lastModified: Representation.sinceStart,
            cache: .immutable
        )
    }
}
