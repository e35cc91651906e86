/// The look of an embed: as little of its own as possible.
enum EmbedStylesheet {
    static let asset = HashedAsset("embed", "css", contentType: "text/css; charset=utf-8", text: text)

    private static let light = """
        color-scheme: light; --ground: #ffffff; --hollow: #e9e5de; --ink: #1e1b18; --quiet: #676058; --accent: #a8325a;
        """
    private static let dark = """
        color-scheme: dark; --ground: #131214; --hollow: #29272c; --ink: #eeebe7; --quiet: #a7a0a3; --accent: #f48fb0;
        """

    private static let text = """
        :root { \(light) }
        .dark { \(dark) }
        @media (prefers-color-scheme: dark) {
          .auto { \(dark) }
        }
        *, *::before, *::after { box-sizing: border-box; }
        body {
          margin: 0; background: var(--ground); color: var(--ink);
          font: .875rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
        }
        .unseen {
          position: absolute; width: 1px; height: 1px; overflow: hidden;
          clip-path: inset(50%); white-space: nowrap;
        }
        .tiles { display: grid; gap: 4px; margin: 0; padding: 0; list-style: none; }
        .of-1 { grid-template-columns: 1fr; }
        .of-2 { grid-template-columns: repeat(2, minmax(0, 1fr)); }
        .of-3 { grid-template-columns: repeat(3, minmax(0, 1fr)); }
        .of-4 { grid-template-columns: repeat(4, minmax(0, 1fr)); }
        .of-5 { grid-template-columns: repeat(5, minmax(0, 1fr)); }
        .of-6 { grid-template-columns: repeat(6, minmax(0, 1fr)); }
        .tiles a {
          position: relative; display: block; aspect-ratio: 1; overflow: clip;
          background: var(--hollow); color: var(--quiet);
        }
        .tiles img { position: relative; display: block; width: 100%; height: 100%; object-fit: cover; }
        .blur { position: absolute; inset: -10%; width: 120%; height: 120%; filter: blur(1rem); }
        .veiled img { filter: blur(1.5rem); }
        .veiled a:hover img, .veiled a:focus-visible img { filter: none; }
        .tiles a:focus-visible { outline: 3px solid var(--accent); outline-offset: -3px; }
        .tiles a:focus-visible img { outline: 6px solid var(--ground); outline-offset: -9px; }
        footer { display: flex; justify-content: space-between; gap: 1rem; padding: .375rem .625rem; color: var(--quiet); }
        footer a { color: var(--ink); font-weight: 600; text-underline-offset: .2em; overflow-wrap: anywhere; }
        footer a:focus-visible { outline: 3px solid var(--accent); outline-offset: 1px; }
        .empty { margin: 0; padding: 3rem 1rem; text-align: center; color: var(--quiet); }

        """
}
