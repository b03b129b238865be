using System.CommandLine;
using System.Globalization;
using Tessrax.Canonical;

namespace Tessrax.Cli.Terminal;

/// <summary>How times are told.</summary>
internal enum TimeForm
{
    /// <summary>When it was: the same everywhere and always.</summary>
    Absolute,

    /// <summary>How long ago it was.</summary>
    Relative,

    /// <summary>Both.</summary>
    Both,
}

/// <summary>Times for people: how long ago something was on a terminal, and when it was where a program may read it.</summary>
internal static class TimeText
{
    // From this width on, a row has room for both forms.
    private const int Wide = 110;
    private const double DaysOfMonth = 30.44;
    private const double DaysOfYear = 365.25;

    /// <summary>The option that chooses a form.</summary>
    public static Option<string?> Option()
    {
        Option<string?> option = new("--times")
        {
            Description = "how times are told: absolute, relative or both",
            HelpName = "FORM",
        };
        option.AcceptOnlyFromAmong([.. Enum.GetNames<TimeForm>().Select(name => name.ToLowerInvariant())]);
        return option;
    }

    /// <summary>The form that was chosen; otherwise the usual one on a terminal, and absolute in a pipe.</summary>
    public static TimeForm FormOf(string? chosen, CliContext context, TimeForm usual) =>
        chosen is not null ? Enum.Parse<TimeForm>(chosen, ignoreCase: true)
        : context.IsTerminal ? usual
        : TimeForm.Absolute;

    /// <summary>The same for a column of a grid: both where there is room for it.</summary>
    public static TimeForm FormInGrid(string? chosen, CliContext context) =>
        FormOf(chosen, context, context.Width >= Wide ? TimeForm.Both : TimeForm.Relative);

    /// <summary>A time in a form.</summary>
    public static string Show(UtcTime time, UtcTime now, TimeForm form) =>
        form switch
        {
            TimeForm.Relative => Ago(now - time),
            TimeForm.Both => $"{Ago(now - time)} ({Second(time).Replace('T', ' ')})",
            _ => Second(time),
        };

    /// <summary>How long ago, in the largest unit of which there is one: <c>3 min ago</c>; <c>in 2 h</c> for what is to come.</summary>
    public static string Ago(TimeSpan span)
    {
        if (span.Duration() < TimeSpan.FromSeconds(1))
            return "now";
        string length = Length(span.Duration());
        return span < TimeSpan.Zero ? $"in {length}" : $"{length} ago";
    }

    /// <summary>A length of time in the largest unit of which there is one.</summary>
    public static string Length(TimeSpan span) =>
        span.TotalSeconds < 60 ? Of(span.TotalSeconds, "s")
        : span.TotalMinutes < 60 ? Of(span.TotalMinutes, "min")
        : span.TotalHours < 24 ? Of(span.TotalHours, "h")
        : span.TotalDays < 60 ? Counted.Of((long)span.TotalDays, "day")
        : span.TotalDays < 2 * DaysOfYear ? Counted.Of((long)(span.TotalDays / DaysOfMonth), "month")
        : Counted.Of((long)(span.TotalDays / DaysOfYear), "year");

    /// <summary>A moment that somebody names: a time, a day, or how long ago it was.</summary>
    /// <param name="text">For example <c>2026-11-27T02:31:07Z</c>, <c>2026-11-27</c>, <c>7d</c>, <c>12h</c>, <c>30min</c>.</param>
    /// <param name="now">The present.</param>
    /// <param name="option">What it was given for, for the message.</param>
    /// <exception cref="TessraxException">TSX1012: none of these.</exception>
    public static UtcTime Read(string text, UtcTime now, string option)
    {
        if (UtcTime.TryParseLenient(text, out UtcTime time) || UtcTime.TryParseLenient(text + "T00:00:00Z", out time))
            return time;
        return ReadLength(text) is { } length
            ? UtcTime.From(now.ToDateTimeOffset() - length)
            : throw ErrorCodes.BadUsage.Because(
                $"{option}: '{text}' is no time",
                "say a time (2026-11-27T02:31:07Z), a day (2026-11-27), or how long ago (7d, 12h, 30min)"
            );
    }

    /// <summary>A length of time that somebody names: <c>30s</c>, <c>5min</c>, <c>24h</c>, <c>7d</c>.</summary>
    /// <exception cref="TessraxException">TSX1012: none of these.</exception>
    public static TimeSpan ReadLength(string text, string option) =>
        ReadLength(text)
        ?? throw ErrorCodes.BadUsage.Because(
            $"{option}: '{text}' is no length of time",
            "say how long, as 30s, 5min, 24h or 7d"
        );

    private static TimeSpan? ReadLength(string text)
    {
        string unit = text.TrimStart("0123456789".ToCharArray());
        TimeSpan? one = unit switch
        {
            "s" => TimeSpan.FromSeconds(1),
            "min" => TimeSpan.FromMinutes(1),
            "h" => TimeSpan.FromHours(1),
            "d" => TimeSpan.FromDays(1),
            "w" => TimeSpan.FromDays(7),
            _ => null,
        };
        bool isCount = int.TryParse(
            text[..^unit.Length],
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out int count
        );
        return one is { } length && isCount && count <= 100_000 ? length * count : null;
    }

    private static string Of(double count, string unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{(long)count} {unit}");

    private static string Second(UtcTime time) => time.ToString()[..19] + "Z";
}
