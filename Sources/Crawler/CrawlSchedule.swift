import Posts
import Upstreams

/// Decides the wait between two crawls of a hashtag through a source.
struct CrawlSchedule: Sendable {
    /// The longest wait for a quiet hashtag: some services show a post for only an hour.
    static let longestAdapted: Duration = .seconds(1_200)
    /// The longest wait for a source that has used up most of its allowance.
    static let longestSlowed: Duration = .seconds(2_700)

    let configuration: CrawlerService.Configuration
    /// Returns uniformly distributed numbers from 0 up to, but not including, 1.
    let random: @Sendable () -> Double

    /// The wait after a successful crawl: half the recent time between two posts, and longer if the source has used up
    /// most of its allowance. Jitter spreads the hashtags.
    ///
    /// - Parameters:
    ///   - rate: the recent number of posts an hour; `nil` if unknown.
    ///   - slowdown: the result of ``UsageReport/slowdown(at:)``.
    func wait(source: String, postsPerHour rate: Double?, slowdown: Double) -> Duration {
        let adapted = interval(source: source, postsPerHour: rate)
        let slowed = slowdown > 1 ? max(adapted, min(adapted * slowdown, Self.longestSlowed)) : adapted
        let spread = configuration.jitter * (2 * random() - 1)
        return max(slowed * (1 + spread), least(source))
    }

    /// The wait after a failed crawl.
    ///
    /// - Parameter record: the record, including this crawl.
    func wait(after failure: CrawlFailure, _ record: CrawlRecord) -> Duration {
        let failures = record.consecutiveFailures
        return switch failure.remedy {
        case .backOff: backOff(failures)
        case .stop where record.hold != .stopped: backOff(failures)
        // Never before the time that the service named, spread after it, and later each time if that was too short.
        case .wait(let wait): max(backOff(failures), wait * (1 + configuration.jitter * random()))
        case .stop(let wait): wait * (1 + configuration.jitter * random())
        }
    }

    /// The rest of a wait that began before this process.
    ///
    /// A wait longer than this configuration allows, because its intervals are shorter or the clock was set back, is
    /// cut.
    func rest(of record: CrawlRecord, source: String, at now: Int64) -> Duration {
        guard let next = record.nextCrawl, next > now else { return .zero }
        let longest =
            record.consecutiveFailures > 0
            ? .seconds(86_400) : max(longestInterval(source), Self.longestSlowed)
        return min(.seconds(next - now), longest * (1 + configuration.jitter))
    }

    private func least(_ source: String) -> Duration {
        configuration.localSources.contains(source) ? .zero : configuration.leastInterval
    }

    private func plainInterval(_ source: String) -> Duration { max(configuration.interval, least(source)) }

    private func longestInterval(_ source: String) -> Duration {
        let plain = plainInterval(source)
        return min(plain * configuration.adaptation.upperBound, max(plain, Self.longestAdapted))
    }

    private func interval(source: String, postsPerHour rate: Double?) -> Duration {
        guard let rate else { return plainInterval(source) }
        let longest = longestInterval(source)
        let shortest = max(plainInterval(source) * configuration.adaptation.lowerBound, least(source))
        // The interval is capped, so a smaller rate makes no difference.
        return min(max(.seconds(1_800 / max(rate, 0.01)), shortest), longest)
    }

    /// Exponential back-off with full jitter: any wait up to a bound that doubles with each failure; at least a second,
    /// to avoid a tight loop.
    private func backOff(_ failures: Int) -> Duration {
        let doublings = min(max(failures, 1) - 1, 20)
        let bound = min(configuration.backoffCap, configuration.backoffBase * (1 << doublings))
        return max(min(.seconds(1), bound), bound * random())
    }
}
