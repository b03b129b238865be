namespace TessraxEngine;

/// <summary>Rules the median of what the trusted sources report; of all, if none of them is trusted. Of two in the middle the lower one.</summary>
public sealed class TrustedMedian(IReadOnlySet<string> trusted)
{
    /// <summary>Recorded with each ruling. A changed rule is another version.</summary>
    public const string Name = "trusted-median/1";

    public double Rule(IReadOnlyCollection<Placed> newest)
    {
        Placed[] heard = [.. newest.Where(one => trusted.Contains(one.Report.Source))];
        if (heard.Length == 0)
            heard = [.. newest];
        double[] values = [.. heard.Select(one => one.Report.Value).Order()];
        return values[(values.Length - 1) / 2];
    }
}
