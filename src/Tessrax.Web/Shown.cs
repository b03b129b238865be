using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Recovery;
using Tessrax.Node.Wording;

namespace Tessrax.Web;

/// <summary>How values stand on a page. What comes from a ledger is a stranger's text: controls and what reorders letters stand there escaped.</summary>
internal static class Shown
{
    /// <summary>Text, harmless.</summary>
    public static string Text(string? text) => text is null ? "" : Sanitizer.Clean(text);

    /// <summary>With thousands set apart.</summary>
    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>As it stands in addresses.</summary>
    public static string Plain(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary><c>2026-03-01 12:00:30Z</c>.</summary>
    public static string Second(UtcTime time) =>
        time.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary><c>2026-03-01 12:00Z</c>.</summary>
    public static string Minute(UtcTime time) =>
        time.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);

    /// <summary>A span in its two largest units at most: <c>3 d 4 h</c>.</summary>
    public static string Span(TimeSpan span)
    {
        span = span < TimeSpan.Zero ? TimeSpan.Zero : span;
        return span switch
        {
            { TotalDays: >= 1 } => Two(span.Days, "d", span.Hours, "h"),
            { TotalHours: >= 1 } => Two(span.Hours, "h", span.Minutes, "min"),
            { TotalMinutes: >= 1 } => Two(span.Minutes, "min", span.Seconds, "s"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{span.Seconds} s"),
        };
    }

    /// <summary><c>4.2 MiB</c>.</summary>
    public static string Bytes(long bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < units.Length - 1)
            (value, unit) = (value / 1024, unit + 1);
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Round(value, unit == 0 ? 0 : 1)} {units[unit]}");
    }

    /// <summary>The beginning of a digest, with or without the name of its hash.</summary>
    public static string Short(string digest)
    {
        string hex = digest[(digest.IndexOf(':') + 1)..];
        return hex.Length <= 12 ? hex : hex[..12];
    }

    /// <summary>The class by which an event is coloured.</summary>
    public static string ToneOf(string name) =>
        name switch
        {
            Events.ClaimsRecorded or Events.EvidenceAdded => "info",
            Events.ContradictionDetected => "warn",
            Events.DecisionProposed or Events.ApprovalRecorded => "ask",
            Events.DecisionRecorded or Events.DecisionExecuted => "good",
            Events.DecisionClosed => "bad",
            _ when Events.IsControl(name) => "rule",
            _ => "own",
        };

    /// <inheritdoc cref="ToneOf(string)"/>
    public static string ToneOf(Severity severity) =>
        severity switch
        {
            Severity.Critical or Severity.High => "bad",
            Severity.Moderate => "warn",
            _ => "info",
        };

    /// <inheritdoc cref="ToneOf(string)"/>
    public static string ToneOf(DecisionState state) =>
        state switch
        {
            DecisionState.Recorded or DecisionState.Executed or DecisionState.Approved => "good",
            DecisionState.Proposed => "ask",
            DecisionState.Superseded or DecisionState.Escalated => "own",
            _ => "bad",
        };

    /// <inheritdoc cref="ToneOf(string)"/>
    /// <remarks>Where nothing was decided the sources contradict each other as before, whatever ended the proposal.</remarks>
    public static string ToneOf(ContradictionStatus status) =>
        status.State switch
        {
            ContradictionState.Resolved when !status.EndedUndecided => "good",
            ContradictionState.Superseded => "own",
            _ => "warn",
        };

    /// <inheritdoc cref="ToneOf(string)"/>
    public static string ToneOf(StoryKind kind) =>
        kind switch
        {
            StoryKind.Contradicted => "warn",
            StoryKind.Proposed => "ask",
            StoryKind.Approved or StoryKind.Recorded or StoryKind.Executed => "good",
            StoryKind.Rejected or StoryKind.Closed => "bad",
            StoryKind.Superseded => "own",
            _ => "info",
        };

    /// <inheritdoc cref="ToneOf(string)"/>
    public static string ToneOf(FaultWeight weight) =>
        weight switch
        {
            FaultWeight.Damage or FaultWeight.Blocking => "bad",
            FaultWeight.Derived => "warn",
            _ => "info",
        };

    private static string Two(int large, string unit, int small, string smaller) =>
        string.Create(CultureInfo.InvariantCulture, $"{large} {unit}{(small > 0 ? $" {small} {smaller}" : "")}");
}
