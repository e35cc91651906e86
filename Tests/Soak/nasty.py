"""The nasty values as data: fields of posts, headers of responses and parameters of requests are drawn from here.

Each value has a name, so that a report can list it and `--only` can select it. `{origin}` stands for the address of the
upstream. `python3 Tests/Soak/nasty.py` prints the number of values.
"""

import json


class Raw(bytes):
    """JSON that is written unchanged, valid or not."""


def encode(value):
    """Encodes JSON, including raw tokens and lone surrogates, which JSON libraries do not write."""
    if isinstance(value, Raw):
        return value
    if isinstance(value, dict):
        return b"{" + b",".join(encode(key) + b":" + encode(item) for key, item in value.items()) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(encode(item) for item in value) + b"]"
    try:
        return json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(value).encode()


def numbers():
    borders = {}
    for bits in (8, 16, 32, 53, 63, 64):
        for sign in (1, -1):
            for change in (-1, 0, 1):
                borders[f"{'-' if sign < 0 else ''}2^{bits}{change:+d}"] = sign * 2**bits + change
    for bits in (7, 15, 31):
        for change in (-1, 0):
            borders[f"2^{bits}{change:+d}"] = 2**bits + change
    for value in (0, 1, -1, 99, 100, 101, 65_535, 65_536, 99_999, 100_000, 100_001, 86_400, 253_402_300_800):
        borders[f"{value}"] = value
    result = {f"number {name}": Raw(str(value).encode()) for name, value in borders.items()}
    for token in (
        "-0", "-0.0", "0.1", "1e308", "-1e308", "1e309", "1e-400", "1e999999999", "9.3e18", "-9.3e18", "1.8e19", "0e0",
        "1E+2", "3.9999999999999999", "12345678901234567890123456789", "1" * 400, "1" * 20_000, "0." + "9" * 5_000,
        "-" + "9" * 1_000,
    ):
        result[f"number {token[:24]}({len(token)})"] = Raw(token.encode())
    for text in ("NaN", "nan", "Infinity", "-Infinity", "1e400", "0x10", "1_000", " 7 ", "+7", "٣", "７", "1,5", "", "-",
                 "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551616",
                 "1" * 300):
        result[f"number as text {text[:20]!r}({len(text)})"] = text
    return result


# A letter and combining marks that normalization sorts.
MARKS = "\u0315\u0327"


def clusters():
    result = {f"cluster {count} marks": "a" + (MARKS * count)[:count] for count in (1, 30, 31, 62, 1_000, 20_000)}
    result |= {
        "cluster 300000 marks": "a" + MARKS * 150_000,
        "cluster 200000 marks in words": ("b" + MARKS * 500 + " ") * 100,
        "cluster alone": MARKS * 40,
        "cluster of joiners": "👩" + "\u200d👩" * 5_000,
        "cluster of regional letters": "🇩" * 5_001,
        "cluster of variation selectors": "a" + "\ufe0f" * 5_000,
        "cluster of hangul": "\u1100" * 3_000 + "\u1161" * 3_000 + "\u11a8" * 3_000,
        "cluster of prepends": "\u0600" * 3_000 + "a",
        "cluster of CR LF": "\r\n" * 5_000,
        "cluster zalgo": "".join("zalgo "[index % 6] + MARKS * 8 for index in range(2_000)),
        "cluster of tags": "🏴" + "\U000e0067" * 4_000 + "\U000e007f",
        "cluster ZWNJ": "می" + "\u200c" * 4_000 + "خواهم",
    }
    return result


def sizes():
    result = {}
    for limit in (100, 200, 500, 4_096, 5_000, 65_536):
        for change in (-1, 0, 1):
            result[f"text of {limit + change}"] = "x" * (limit + change)
            if limit in (200, 5_000):
                result[f"text of {limit + change} emoji"] = "🦫" * (limit + change)
    result["text of 1 MiB"] = "word " * 209_715
    result["text of 5000 words"] = " ".join(f"w{number}" for number in range(5_000))
    result["text of expanding ligatures"] = "\ufdfa" * 5_000
    result["text of sharp s"] = "ß" * 5_000
    result["text of dotted I"] = "İ" * 5_000
    return result


def controls():
    result = {f"control U+{code:04X}": f"a{chr(code)}b" for code in [*range(0x20), *range(0x7F, 0xA0)]}
    for code in (0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A, 0x202B, 0x202D, 0x202E, 0x2060,
                 0x2066, 0x2067, 0x2069, 0xFEFF, 0xFFF9, 0xFFFD, 0xFFFE, 0xFFFF, 0xFDD0, 0x1FFFE, 0x10FFFF, 0xE000,
                 0xE0001, 0x1D173, 0x3164, 0x115F):
        result[f"mark U+{code:04X}"] = f"a{chr(code)}b"
    result["bidi unclosed"] = "\u202e" * 100 + "gpj.exe"
    result["bidi isolates"] = "\u2067" * 200 + "x" + "\u2069" * 3
    result["controls all"] = "".join(chr(code) for code in range(0xA0))
    for name, text in {"high": "a\ud83d", "low": "\udc00b", "swapped": "\udca9\ud83d",
        "many": "\ud83d" * 1_000}.items():
        result[f"surrogate {name}"] = text
    for name, data in {
        "FF": b"\xff\xfe", "overlong": b"\xc0\xaf", "long slash": b"\xe0\x80\xaf", "cut": b"\xf0\x9f\xa6",
        "surrogate": b"\xed\xa0\xbd", "beyond": b"\xf4\x90\x80\x80", "latin-1": b"caf\xe9", "raw tab": b"a\tb",
        "raw newline": b"a\nb", "raw NUL": b"a\0b",
    }.items():
        result[f"bytes {name}"] = Raw(b'"' + data + b'"')
    for name, data in {"octal": rb'"Don\'t"', "x": rb'"\x41"', "short": rb'"\u12"', "lone": rb'"\ud83d"',
                       "pair": rb'"\ud83d\udc00\ud83d"', "zero": rb'"\u0000"'}.items():
        result[f"escape {name}"] = Raw(data)
    return result


# Stands for hostile code: a page with an element or attribute of this name has been broken into.
MARKER = "soak"


def injections():
    texts = [
        "<script>soak()</script>", "<soak data-soak=1>", "\"><soak data-soak='1'>", "'><soak>", "' onmouseover='soak()",
        "\" onerror=\"soak()\" x=\"", "<img src=x onerror=soak()>", "<svg/onload=soak()>", "]]><soak/>",
        "--><soak>", "<!--", "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>&y;", "<![CDATA[",
        "&#0;&#1;&#xFFFE;",
        "&soak;", "&amp;lt;soak&amp;gt;", "&lt;soak&gt;", "&#60;soak&#62;", "&#x110000;", "&#99999999999999999999;",
        "&", "&#", "&#x", "&#;", "&Soak" * 500, "</title><soak>", "</textarea><soak>", "</style><soak>",
        "<style>*{}</style>",
        "<a href='javascript:soak()'>x</a>", "<a href=' \x01javascript:soak()'>x</a>", "<p>" * 2_000, "<" * 5_000,
        "<a " * 2_000, "<p>a</p>" * 2_000, "<br>" * 3_000, "&nbsp;" * 3_000, "<![if IE]>", "<?xml version='1.0'?>",
        "<?php soak ?>", "{{soak}}", "${soak}", "%s%n", "%25%73", "../../etc/passwd", "\\u003csoak\\u003e",
        "data: x\n\nevent: soak",
        "x\r\nSet-Cookie: soak=1", "=soak()", "`soak`", "\u2028soak()", "<plaintext>", "<noscript><soak>",
        "+ADw-soak+AD4-",
        "<a href=x" + "y" * 5_000, "<span class='invisible'>x", "<div><p>" * 1_000 + "x", "&lt;" * 5_000,
    ]
    return {f"injection {text[:24]!r}({len(text)})": text for text in texts}


def hashtags():
    texts = ["#", "##aa", "＃aa", "#a\u200db", "#a·b", "#a-b", "#1", "#_", "#é", "#e\u0301", "#ＡＡ", "#🦫",
        "#" + "a" * 100,
             "#" + "a" * 101, "#ß", "#ǅ", "#\u0130", "#a\0b", "#" * 3_000, "#a " * 3_000, "#" + MARKS, "#ﬁ", "#a+b",
             "#%23aa"]
    return {f"hashtag {text[:16]!r}({len(text)})": text for text in texts}


def addresses():
    texts = [
        "", "/", "x", "//", "http:", "http:/", "http://", "http:///x", "https://", "javascript:soak()",
        "JaVaScRiPt:soak()",
        "data:text/html,<soak>", "vbscript:soak", "file:///etc/passwd", "ftp://8.8.4.4/h", "http://8.8.4.4:0/h",
        "http://8.8.4.4:99999/h", "http://8.8.4.4:65535/h", "http://8.8.4.4:65536/h", "http://8.8.4.4:-1/h",
        "http://8.8.4.4:/h", "http://8.8.4.4:99999999999999999999/h", "http://8.8.4.4:080/h", "http://8.8.4.4:٨٠/h",
        "http://[::1]:99999/h", "http://[::1]:0/h", "http://[::1", "http://::1/h", "http://[fe80::1%25lo]/h",
        "http://[]/h",
        "http://[::ffff:127.0.0.1]:99999/h", "http://[1:2:3:4:5:6:7:8:9]/h", "http://127.0.0.1:99999/h",
        "http://127.0.0.1:70000",
        "http://127.1:1/h", "http://2130706433:1/h", "http://0x7f.1:1/h", "http://0/h", "http://localhost:99999/h",
        "http://u:p@8.8.4.4/h", "http://u@127.0.0.1:99999/h", "http:\\\\8.8.4.4\\h", "http://8.8.4.4\\@127.0.0.1/h",
        "http://a b/", "http://a/ b", "http://a/\nb", "http://a/\u202eb", "http://a/<soak>",
        "http://a/\"'onclick=soak()",
        "http://é.example/ü", "http://xn--/h", "http://xn--ls8h.example/", "http://" + "a" * 300 + ".example/",
        "http://a." * 500, "http://a..b/", "http://.a/", "http://a./h", "http://*/h", "http://%31%32/h", "http://a/%",
        "http://a/%zz",
        "http://a/%00", "http://a/?#", "http://a/#", "http://a?b", "http://a#b?c", "http://a/..//../../h",
        "http://a/;p=1?q",
        "http://10.0.0.1/h", "http://169.254.169.254/latest/meta-data", "http://[fd00::1]/h", "http://192.168.0.1/h",
        "http://255.255.255.255/h", "http://0.0.0.0/h", "http://224.0.0.1/h", "http://1.2.3/h", "http://1.2.3.4.5/h",
        "http://256.1.1.1/h", "https://a.invalid/h", "HTTP://A.INVALID/H", "https:a.invalid",
        "https://a.invalid/" + "x" * 3_000,
        "https://a.invalid/" + "x" * 4_077, "https://a.invalid/" + "x" * 4_078, "https://a.invalid/" + "x" * 4_079,
        "https://a.invalid/" + "x" * 5_000, "https://a.invalid/?" + "&" * 3_000, "https://a.invalid/" + "%C3%A9" * 600,
        "https://a.invalid/" + "/" * 3_000, "https://a.invalid/\ufeff", "https://a.invalid/a\u0315\u0327",
        "https://a\u0315.invalid/",
        "\ufeffhttp://a/", "\thttp://a/", "http://a/\u0000", "{origin}", "{origin}/", "{origin}/media/good-plain.png?#",
        "{origin}/media/../media/good-dots.png", "{origin}/media/good-%2e%2e.png",
    ]
    result = {f"address {text[:28]!r}({len(text)})": text for text in texts}
    return result | {f"address of picture {name}": f"{{origin}}/media/{name}-{{number}}.png" for name in PICTURES}


# The ways to serve a picture: see `pictures` in upstream.py.
PICTURES = [
    "good", "label-octet", "label-text", "label-wrong", "label-none", "label-html", "label-svg", "cut", "short",
    "empty", "html",
    "svg", "endless", "drip", "silent", "late", "loop", "redirect-good", "redirect-port", "redirect-zero",
    "redirect-ipv6",
    "redirect-scheme", "redirect-empty", "redirect-long", "redirect-userinfo", "redirect-private", "redirect-relative",
    "redirect-none", "redirect-bad", "16MiB", "16MiB-1", "16MiB+1", "length-huge", "length-negative", "length-text",
    "length-twice",
    "chunk-bad", "chunk-huge", "reset", "close", "403", "404", "410", "418", "204", "206", "304", "500", "header-huge",
    "header-many",
    "header-bad", "100-continue", "gzip", "status-999", "status-text", "http-0.9", "avif-box", "webp-cut", "two-types",
]


def dates():
    texts = [
        "", "0", "-1", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z", "10000-01-01T00:00:00Z", "99999999-01-01T00:00:00Z", "-0001-01-01T00:00:00Z",
        "-9223372036854775808-01-01T00:00:00Z", "9223372036854775807-01-01T00:00:00Z", "2024-02-30T00:00:00Z",
        "2024-00-01T00:00:00Z", "2024-13-01T00:00:00Z", "2024-01-00T00:00:00Z", "2016-12-31T23:59:60Z",
        "2024-01-01T24:00:00Z",
        "2024-01-01T25:00:00Z", "2024-01-01T00:60:00Z", "2024-01-01T00:00:61Z", "2024-01-01", "2024-01-01T00:00:00",
        "2024-01-01T00:00Z", "2024-01-01T00:00:00+9999", "2024-01-01T00:00:00+14:00", "2024-01-01T00:00:00-99:99",
        "2024-01-01T00:00:00+0000", "2024-01-01 00:00:00 UTC", "2024-01-01T00:00:00." + "9" * 5_000 + "Z",
        "2024-1-1T0:0:0Z",
        "20240101T000000Z", "2024-W01-1", "2024-001", "1700000000", "1700000000000", "1700000000.5", "now",
        "2099-01-01T00:00:00Z",
        "Mon, 01 Jan 2024 00:00:00 GMT", "Mon, 01 Jan 99999999999 00:00:00 GMT", "٢٠٢٤-٠١-٠١T٠٠:٠٠:٠٠Z",
        "2024-01-01T00:00:00z",
        "2024-01-01T00:00:00Z" + " " * 5_000, "2024-01-01t00:00:00Z", "2024-01-01T00:00:00,5Z",
        "2024\u0315-01-01T00:00:00Z",
    ]
    return {f"date {text[:32]!r}({len(text)})": text for text in texts}


def ids():
    texts = ["", ".", "..", "/", "a/b", "../..", "%2e%2e", "%2F", "%00", "%", "%zz", "a\0b", "\0", " ", "a b", "?", "#",
        "a?b#c", "+",
             "a+b", "a:b", ":", "-", ".5.", "é", "e\u0301", "🦫", "\u202ea", "\n", "\r\nX: y", "x" * 99, "x" * 100,
             "x" * 101, "é" * 50,
             "é" * 51, "x" * 20_000, "<soak>", "'\"", "\\", "a;b", "a=b&c", "a" + MARKS * 20, "NULL", "null", "0", "00",
             "-1",
             "9223372036854775808", "a\ud83d", "&amp;", "%25252e", "//", "a//b", "http://a/", "\ufeff", "favicon.ico",
             "latest", "~", "*"]
    return {f"id {text[:16]!r}({len(text)})": text for text in texts}


def wrong_types():
    return {
        "type null": None, "type true": True, "type false": False, "type 0": 0, "type 1": 1, "type list": [],
        "type object": {},
        "type list of lists": [[]] * 50, "type list of null": [None] * 1_000, "type text": "x",
        "type object of object": {"": {"": {}}},
        "type nested 100": Raw(b"[" * 100 + b"]" * 100), "type nested 600": Raw(b"[" * 600 + b"]" * 600),
        "type nested objects 500": Raw(b'{"a":' * 500 + b"1" + b"}" * 500),
        "type nested 10000": Raw(b"[" * 10_000 + b"]" * 10_000),
        "type 10000 keys": {f"k{number}": number for number in range(10_000)},
        "type same key twice": Raw(b'{"url":"a","url":"b","width":1,"width":2}'), "type NaN": Raw(b"NaN"),
        "type nothing": Raw(b""), "type comma": Raw(b","), "type word": Raw(b"soak"), "type open": Raw(b'"'),
        "type number as 1.": Raw(b"1."), "type number 01": Raw(b"01"), "type 50 objects": [{}] * 51,
        "type 20000 objects": [{}] * 20_000, "type key of clusters": {"a" + MARKS * 2_000: 1},
        "type key NUL": {"a\0": 1},
    }


def words():
    return {f"word {text!r}": text for text in (
        "image", "video", "IMAGE", "VIDEO", "CAROUSEL_ALBUM", "gifv", "audio", "unknown", "REELS", "image/png",
        "public", "unlisted",
        "private", "direct", "en", "de-DE", "zh-Hant-TW-x-soak", "x" * 64, "en\0", "i-klingon", "1", "", "en en",
        "<soak>", "e\u0301n")}


def blurhashes():
    texts = ["", "0", "L", "LEHV6nWB2yk8pyo0adR*.7kCMdnj", "LEHV6nWB2yk8pyo0adR*.7kCMdn", "|" * 166, "~" * 166,
        "~" * 167, "0" * 6, "00" * 14,
             "L" + "\u0315" * 27, "LEHV6nWB2yk8pyo0adR*.7kCMd\"'", "]" * 28, "9" * 28]
    return {f"blurhash {text[:12]!r}({len(text)})": text for text in texts}


def links():
    """Values of a `Link` field."""
    texts = [
        "<https://x/?#>; rel=\"next\"", "<https://x/?>; rel=\"next\"", "<https://x/#?>; rel=\"next\"", "<?#>; rel=next",
        "<", ">", ";", ",",
        "<>", "<>; rel=next", "<>;", "<;>", "><", "<<>>; rel=next", "<?max_id=>; rel=next", "<?max_id>; rel=next",
        "<?&&&>; rel=next",
        "<?max_id=%00>; rel=next", "<?max_id=../..>; rel=next", "<?max_id=1&max_id=2>; rel=next",
        "<?max_id=1#>; rel=next",
        "<?max_id=1>; rel=\"prev next\"", "<?max_id=1>; rel", "<?max_id=1>; rel=", "<?max_id=1>; rel=\"",
        "<?max_id=1>; title=\"a;b,c\"; rel=next",
        "<?max_id=1; rel=next", "?max_id=1>; rel=next", "<?max_id=" + "9" * 101 + ">; rel=next",
        "<?max_id=" + "9" * 100 + ">; rel=next",
        "<?=>; rel=next", "<?=max_id>; rel=next", "<?max_id=é>; rel=next", "<?max_id=1>; REL=NEXT",
        "<?max_id=1>; rel='next'", "<#>; rel=next",
        "<?#?#?#>; rel=next", "<?max_id=1>" * 2_000, "<" * 30_000, ";" * 30_000, "," * 64_000,
        "<?a>; rel=next," * 2_000, "<?&>; rel=next; rel=next",
    ]
    return {f"link {text[:28]!r}({len(text)})": text for text in texts}


def waits():
    """Values of header fields with a number or a time."""
    texts = ["", "0", "-1", "1", "59", "86400", "86401", "2147483647", "2147483648", "4294967296",
        "9223372036854775807", "9223372036854775808",
             "-9223372036854775808", "18446744073709551616", "9" * 300, "1.5", "1e3", "1e400", "NaN", "x", " 1", "1 2",
             "+1", "1,2", "٣",
             "1700000000", "1700000000000", "1700000000000000", "4102444800", "253402300800",
             "Thu, 01 Jan 1970 00:00:00 GMT",
             "Fri, 31 Dec 9999 23:59:59 GMT", "Fri, 31 Dec 99999 23:59:59 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
             "Sun Nov  6 08:49:37 1994",
             "2099-01-01T00:00:00Z", "2099-01-01T00:00:00.000Z", "9999-12-31T23:59:59Z", "10000-01-01T00:00:00Z",
             "2024-01-01", "-0001-01-01T00:00:00Z",
             "2016-12-31T23:59:60Z", "<soak>", "a" * 3_000]
    return {f"wait {text[:24]!r}({len(text)})": text for text in texts}


def usages():
    """Values of the Graph API's usage header fields."""
    figures = ["74", "75", "99", "100", "101", "-1", "2147483648", "9223372036854775807", "9223372036854775808",
        "1e308", "1e309", "-1e308", "NaN",
               '"100"', '"x"', "null", "[]", "99.999", "1e2"]
    texts = ["", "{", "{}", "[]", "null", "x", '{"call_count":', "[" * 3_000, '{"a":' * 3_000, '{"call_count":{}}',
        '{"":[{}]}', '{"1":{}}']
    texts += [f'{{"call_count":{figure},"total_time":{figure},"total_cputime":0}}' for figure in figures]
    regain = '{{"1":[{{"type":"instagram","call_count":100,"estimated_time_to_regain_access":{}}}]}}'
    texts += [regain.format(figure) for figure in figures]
    return {f"usage {text[:64]!r}({len(text)})": text for text in texts}


NUMBERS, CLUSTERS, SIZES, CONTROLS, INJECTIONS = numbers(), clusters(), sizes(), controls(), injections()
HASHTAGS, ADDRESSES, DATES, IDS, TYPES = hashtags(), addresses(), dates(), ids(), wrong_types()
WORDS, BLURHASHES, LINKS, WAITS, USAGES = words(), blurhashes(), links(), waits(), usages()
TEXTS = CLUSTERS | SIZES | CONTROLS | INJECTIONS | HASHTAGS
GROUPS = {
    "numbers": NUMBERS, "texts": TEXTS, "addresses": ADDRESSES, "dates": DATES, "ids": IDS, "types": TYPES,
    "words": WORDS,
    "blurhashes": BLURHASHES, "links": LINKS, "waits": WAITS, "usages": USAGES,
}


def distinct():
    """The number of distinct values."""
    return len({encode(value) for group in GROUPS.values() for value in group.values()})


if __name__ == "__main__":
    for title, group in GROUPS.items():
        print(f"{title}: {len(group)}")
    print(f"different values: {distinct()}")
