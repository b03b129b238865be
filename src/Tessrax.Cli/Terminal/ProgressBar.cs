using System.Globalization;

namespace Tessrax.Cli.Terminal;

/// <summary>A bar for whatever takes longer than a second, and nothing at all for what does not.</summary>
/// <remarks>Safe to call from several threads. Drawn at most ten times a second; erased when disposed.</remarks>
internal sealed class ProgressBar : IProgress<long>, IDisposable
{
    private const int Cells = 30;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    private readonly TextOutput? output;
    private readonly TimeProvider time;
    private readonly string title;
    private readonly long total;
    private readonly long start;
    private readonly Lock drawing = new();
    private TimeSpan next = Patience;
    private bool drawn;

    internal ProgressBar(TextOutput? output, TimeProvider time, string title, long total)
    {
        this.output = output;
        this.time = time;
        this.title = title;
        this.total = total;
        start = time.GetTimestamp();
    }

    /// <summary>Says how much is done: a part of the total, or a number if that is not known.</summary>
    public void Report(long done)
    {
        if (total > 0)
            Draw(_ => TextOf((double)done / total, ""));
        else
            Draw(_ => string.Create(CultureInfo.InvariantCulture, $"{title}: {done:N0}"));
    }

    /// <summary>Says which part is done, from 0 to 1, of work that goes on at one pace: then it also says how long the rest will take.</summary>
    public void ReportShare(double share) =>
        Draw(elapsed => TextOf(share, share is > 0 and <= 1 ? $", {Left(elapsed, share)} left" : ""));

    private void Draw(Func<TimeSpan, string> text)
    {
        if (output is null)
            return;
        TimeSpan elapsed = time.GetElapsedTime(start);
        lock (drawing)
        {
            if (elapsed < next)
                return;
            next = elapsed + Pace;
            drawn = true;
            output.RestartLine(text(elapsed));
        }
    }

    // Without the bar where there is no room for it.
    private string TextOf(double part, string left)
    {
        double share = Math.Clamp(part, 0, 1);
        string percent = share.ToString("P0", CultureInfo.InvariantCulture).Replace(" ", "", StringComparison.Ordinal);
        int full = (int)(share * Cells);
        string bar = new string('#', full) + new string('.', Cells - full);
        string whole = $"{title} [{bar}] {percent}{left}";
        return whole.Length < output!.Width ? whole : $"{percent} {title}{left}";
    }

    private static string Left(TimeSpan elapsed, double share)
    {
        TimeSpan left = elapsed * ((1 - share) / share);
        return left.TotalSeconds < 60
                ? string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(left.TotalSeconds):0} s")
            : left.TotalMinutes < 60
                ? string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(left.TotalMinutes):0} min")
            : string.Create(CultureInfo.InvariantCulture, $"{left.TotalHours:0.0} h");
    }

    public void Dispose()
    {
        lock (drawing)
        {
            if (drawn)
                output?.RestartLine("");
            drawn = false;
        }
    }
}
