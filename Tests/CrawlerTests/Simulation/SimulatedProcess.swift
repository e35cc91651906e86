import Crawler
import Logging
import Posts
import Storage
import TestSupport
import Upstreams

/// A crawler in a simulation.
struct SimulatedProcess: Sendable {
    let service: CrawlerService
    let box: GalleryBox
    let watch: GalleryWatch
    let log = LogRecorder()

    init(
        _ sources: [any PostSource], hashtags: [Hashtag] = [.golang], store: any PostStore,
        ledger: (any CrawlLedger)? = nil, name: String = "a", interval: Duration = .seconds(300),
        on simulation: Simulation, seed: UInt64 = 3
    ) {
        let box = GalleryBox(Gallery(hashtags: hashtags))
        let dice = Dice(seed)
        let clock = simulation.clock
        self.box = box
        watch = GalleryWatch(box)
        service = CrawlerService(
            configuration: .init(hashtags: hashtags, interval: interval), sources: sources, store: store,
            ledger: ledger, process: name,
            gallery: box, logger: log.logger, clock: clock, now: { SimulatedWorld.epoch + clock.seconds },
            random: { dice.fraction() })
    }

    /// Starts the crawler. It ends when the task is cancelled.
    func start(on simulation: Simulation) -> Task<Void, Never> {
        simulation.start { try? await service.run() }
    }
}
