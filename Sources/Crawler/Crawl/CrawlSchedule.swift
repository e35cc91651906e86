/// Decides how long to wait between two crawls of a hashtag.
struct CrawlSchedule: Sendable {
    let configuration: CrawlerService.Configuration
    /// Gives numbers from 0 up to, but not including, 1, each as likely as the other.
    let random: @Sendable () -> Double

    /// The wait after a crawl that ended well: the interval, twice that while the source has used
    /// up most of its allowance, spread so that hashtags do not march in step.
    func delay(isBusy: Bool) -> Duration {
        let spread = configuration.jitter * (2 * random() - 1)
        return configuration.interval * (isBusy ? 2 : 1) * (1 + spread)
    }

    /// The wait after a crawl that failed.
    ///
    /// - Parameter failures: how many crawls failed in a row, at least 1.
    func delay(after failure: CrawlFailure, failures: Int) -> Duration {
        switch failure.remedy {
        case .backOff: backOff(failures)
        // Never before the time that the service named, not all at once after it, and later each
        // time if what it names is too short to help.
        case .wait(let wait): max(backOff(failures), wait * (1 + configuration.jitter * random()))
        case .stop(let wait): wait * (1 + configuration.jitter * random())
        }
    }

    /// Exponential back-off with full jitter: any wait up to a bound that doubles with each
    /// failure. A second at least, so that luck makes no tight loop.
    private func backOff(_ failures: Int) -> Duration {
        let doublings = min(max(failures, 1) - 1, 20)
        let bound = min(configuration.backoffCap, configuration.backoffBase * (1 << doublings))
        return max(min(.seconds(1), bound), bound * random())
    }
}
