import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Posts
import Testing

@testable import Web

@Suite struct ErrorTests {
    struct Secret: Error, CustomStringConvertible {
        let description = "the password is gopher"
    }

    @Test("An error that nobody expected tells the reader nothing")
    func unexpected() async throws {
        let router = Router()
        router.add(middleware: RefusalMiddleware())
        router.read("/") { _, _ in throw Secret() }
        let response = try await Application(router: router).test(.router) { try await $0.get("/") }
        #expect(response.status == .internalServerError)
        #expect(response.text == #"{"status":"NOT - OK: 500 Internal Server Error","URI":""}"# + "\n")
    }
}
