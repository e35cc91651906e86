/// What an export came to.
public struct ExportReport: Sendable, Equatable {
    /// A picture that could not be had.
    public struct Failure: Sendable, Equatable {
        /// What its file would have been called, without an ending.
        public var name: String
        /// Why: one line for a person.
        public var reason: String
    }

    /// The files that were written, the newest picture first.
    public var saved: [String] = []
    /// How many files were there already.
    public var had = 0
    /// What could not be had, the newest picture first.
    public var failures: [Failure] = []
}
