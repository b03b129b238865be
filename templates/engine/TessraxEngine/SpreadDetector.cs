namespace TessraxEngine;

/// <summary>A report and the entry that holds it.</summary>
public readonly record struct Placed(long Entry, Reported Report);

/// <summary>Reports contradict each other if the highest and the lowest lie further apart than is tolerated.</summary>
/// <remarks>Pure: the same reports are judged alike, today and in ten years.</remarks>
public sealed class SpreadDetector(double tolerance)
{
    public bool Contradicts(IReadOnlyCollection<Placed> newest) =>
        newest.Count > 1 && newest.Max(one => one.Report.Value) - newest.Min(one => one.Report.Value) > tolerance;
}
