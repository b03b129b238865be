using Tessrax.Canonical;
using Tessrax.Ledger;

namespace Tessrax.Verification;

/// <summary>Findings of one kind.</summary>
/// <param name="Count">How many there are; above the listed ones counted in buckets, to a sixty-fourth.</param>
/// <param name="Limit">What is beyond this is one: microseconds, or entries.</param>
/// <param name="Largest">The largest, with the entry or the moment that each is at.</param>
/// <typeparam name="T">The entry's index, or the moment.</typeparam>
public sealed record Anomalies<T>(long Count, long Limit, IReadOnlyList<(long Size, T At)> Largest);

/// <summary>How far the clock of one key is from the log's: recorded_at less issued_at, in microseconds.</summary>
/// <param name="By">Whose.</param>
/// <param name="Entries">How many entries it vouches for.</param>
/// <param name="Median">The usual distance.</param>
/// <param name="Deviation">How far distances lie apart (MAD).</param>
/// <param name="Min">The least: below zero if the key's clock was ahead.</param>
/// <param name="Max">The greatest.</param>
/// <param name="Drift">How fast the distance grows, in microseconds a second; null if there are too few entries, or too little time.</param>
/// <param name="Regressions">Where issued_at is before that of the key's entry before.</param>
public sealed record KeyTiming(
    Voucher By,
    long Entries,
    long Median,
    long Deviation,
    long Min,
    long Max,
    double? Drift,
    Anomalies<long> Regressions
)
{
    internal JsonValue ToJson() =>
        JsonValue.Object(
            ("key", By.Key.ToString()),
            ("kind", By.KindText),
            ("entries", Entries),
            ("median_us", Median),
            ("mad_us", Deviation),
            ("min_us", Min),
            ("max_us", Max),
            ("drift_us_per_s", Drift is { } drift ? JsonValue.Number(Math.Round(drift, 3)) : JsonValue.Null),
            ("regressions", TimingReport.ToJson(Regressions))
        );
}

/// <summary>What the times in a ledger's entries look like. Times are in microseconds.</summary>
/// <param name="Entries">How many entries.</param>
/// <param name="First">recorded_at of the first.</param>
/// <param name="Last">recorded_at of the last.</param>
/// <param name="MedianGap">The usual time from one entry to the next.</param>
/// <param name="GapDeviation">How far these times lie apart (MAD).</param>
/// <param name="Regressions">Where recorded_at is before that of the entry in front.</param>
/// <param name="Gaps">Where the log was silent for unusually long, before the entry named.</param>
/// <param name="Bursts">Seconds in which unusually many entries were recorded.</param>
/// <param name="Keys">Each key's clock.</param>
/// <param name="Unlisted">Entries of keys beyond the first 1,024, which have no clock here.</param>
public sealed record TimingReport(
    long Entries,
    UtcTime First,
    UtcTime Last,
    long MedianGap,
    long GapDeviation,
    Anomalies<long> Regressions,
    Anomalies<long> Gaps,
    Anomalies<UtcTime> Bursts,
    IReadOnlyList<KeyTiming> Keys,
    long Unlisted
)
{
    public JsonValue ToJson() =>
        JsonValue.Object(
            ("entries", Entries),
            ("first", First.ToString()),
            ("last", Last.ToString()),
            ("median_gap_us", MedianGap),
            ("gap_mad_us", GapDeviation),
            ("regressions", ToJson(Regressions)),
            ("gaps", ToJson(Gaps)),
            (
                "bursts",
                JsonValue.Object(
                    ("count", Bursts.Count),
                    ("above_entries", Bursts.Limit),
                    (
                        "largest",
                        JsonValue.Of(
                            Bursts.Largest.Select(b => JsonValue.Object(("entries", b.Size), ("from", b.At.ToString())))
                        )
                    )
                )
            ),
            ("keys", JsonValue.Of(Keys.Select(key => key.ToJson()))),
            ("unlisted", Unlisted)
        );

    internal static JsonValue ToJson(Anomalies<long> found) =>
        JsonValue.Object(
            ("count", found.Count),
            ("above_us", found.Limit),
            ("largest", JsonValue.Of(found.Largest.Select(a => JsonValue.Object(("us", a.Size), ("index", a.At)))))
        );
}
