/// The Graph API's answers, as a client decodes them.
enum GraphAnswer {
    struct List: Decodable {
        let data: [Node]
        let paging: Paging?
    }

    struct Node: Decodable, Equatable {
        let id: String
        let caption: String?
        let children: Children?
        let comments_count: Int?
        let like_count: Int?
        let media_type: String?
        let media_url: String?
        let permalink: String?
        let timestamp: String?
    }

    struct Children: Decodable, Equatable {
        let data: [Child]
    }

    struct Child: Decodable, Equatable {
        let id: String
        let media_type: String?
        let media_url: String?
        let permalink: String?
    }

    struct Paging: Decodable {
        struct Cursors: Decodable { let after: String }
        let cursors: Cursors
        let next: String?
    }

    struct Refusal: Decodable { let error: Failure }

    struct Failure: Decodable, Equatable {
        let message: String
        let type: String
        let code: Int
        let error_subcode: Int?
        let fbtrace_id: String
    }
}
