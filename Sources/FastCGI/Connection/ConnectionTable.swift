import Synchronization

/// The open connections, found by the key that the poller gives with an event.
///
/// A key holds the descriptor and a number that grows with every connection, so that an event for a connection
/// that has just been closed does not reach the next one on the same descriptor.
final class ConnectionTable: Sendable {
    private struct State {
        var slots: [Connection?] = []
        var count = 0
        var lastSerial: UInt32 = 0
    }

    private let state = Mutex(State())

    /// How many are open.
    var count: Int { state.withLock { $0.count } }

    /// Makes a connection for a descriptor and keeps it.
    func insert(descriptor: Int32, make: (_ key: UInt64) -> Connection) -> Connection {
        state.withLock { state in
            state.lastSerial = state.lastSerial % (1 << 30) + 1
            let connection = make(UInt64(state.lastSerial) << 32 | UInt64(UInt32(bitPattern: descriptor)))
            let index = Int(descriptor)
            while state.slots.count <= index { state.slots.append(nil) }
            state.slots[index] = connection
            state.count += 1
            return connection
        }
    }

    subscript(key: UInt64) -> Connection? {
        let index = Int(key & 0xFFFF_FFFF)
        return state.withLock { state in
            guard index < state.slots.count, let connection = state.slots[index], connection.key == key else {
                return nil
            }
            return connection
        }
    }

    /// Forgets a connection; must come before its descriptor is closed.
    func remove(_ connection: Connection) {
        let index = Int(connection.descriptor)
        state.withLock { state in
            guard index < state.slots.count, state.slots[index] === connection else { return }
            state.slots[index] = nil
            state.count -= 1
        }
    }

    /// All that are open at this moment.
    var all: [Connection] { state.withLock { $0.slots.compactMap { $0 } } }
}
