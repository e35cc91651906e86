import Testing

@testable import Upstreams

@Suite struct LinkHeaderTests {
    @Test(
        "The parameter of the next page is found, whatever else the field has",
        arguments: [
            (#"<https://x/?max_id=1>; rel="next""#, "1"), (#"<https://x/?max_id=1>;rel=next"#, "1"),
            (#"<https://x/?a=b&max_id=1&c=d#f>; rel="next""#, "1"),
            (#"<https://x/?max_id=1> ; REL = "prev NEXT" "#, "1"),
            (#"<https://x/?min_id=3>; rel="prev", <https://x/?max_id=1>; rel="next""#, "1"),
            (#"<https://x/a,b;c?max_id=1>; title="a, <b>; \"rel=x"; rel="next""#, "1"),
            (#"<https://x/?q=?&max_id=1>; rel="next""#, "1"), (#"<?max_id=1>; rel=next; rel=prev"#, "1"),
            (#"<https://x/?max_id=a%2Bb>; rel="next""#, "a+b"), (#"<https://x/?max_id=>; rel="next""#, ""),
            (#"nonsense, <https://x/?max_id=1>; rel="next""#, "1"),
            (#"<https://x/?max_id=2>; ;;=x "<>, <https://x/?max_id=1>; rel="next""#, nil),
            (#"<https://x/?max_id=2>; x=[, <https://x/?max_id=1>; rel="next""#, "1"),
        ])
    func found(_ field: String, _ value: String?) {
        #expect(LinkHeader.next("max_id", in: [field]) == value)
        #expect(LinkHeader.next("max_id", in: ["", "<", field]) == value)
    }

    @Test(
        "Malformed fields give nothing, and end nothing",
        arguments: [
            #"<https://x/?#>; rel="next""#, #"<https://x/?>; rel="next""#, #"<https://x/#?max_id=1>; rel="next""#,
            #"<https://x/>; rel="next""#, #"<>; rel="next""#, "<", "<>", "", ",", ";", "<;>,", #"rel="next""#,
            #"<https://x/?max_id=1>; rel="#, #"<https://x/?max_id=1>; rel=""#, #"<https://x/?max_id=1>; rel="next\"#,
            #"<https://x/?max_id=1; rel="next""#, #"<https://x/?max_id=1>; rel="prev""#,
            #"<https://x/?max_id=1>; rel=nextpage"#, #"<https://x/?max_id>; rel="next""#,
            #"<https://x/?=&&=>; rel=next"#,
            #"<https://x/?max_id=1>; rel=prev; rel=next"#,
        ])
    func nothing(_ field: String) {
        let value = LinkHeader.next("max_id", in: [field])
        #expect(value == nil || field.hasSuffix("\\"))
    }

    @Test(
        "However long, a field is read in no time", arguments: ["<", "<>;", "<>;\"", "<?max_id=1>;rel=", "\\\"", ";="])
    func long(_ piece: String) {
        #expect(LinkHeader.next("max_id", in: [String(repeating: piece, count: 500_000)]) == nil)
    }
}
