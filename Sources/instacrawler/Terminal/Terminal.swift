import CLinux
import Glibc

/// What a stream of this program leads to.
struct Terminal {
    static let output = Terminal(descriptor: STDOUT_FILENO)
    static let errors = Terminal(descriptor: STDERR_FILENO)

    let descriptor: Int32

    /// Whether a person looks at it.
    var isInteractive: Bool { isatty(descriptor) == 1 }

    /// How many columns it has; nil when nobody looks at it.
    var columns: Int? {
        guard isInteractive else { return nil }
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}
