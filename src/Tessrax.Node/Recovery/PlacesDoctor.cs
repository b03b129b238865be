using Tessrax.Node.Files;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Recovery;

/// <summary>The files that say where the records of segments lie: derived, and believed by nobody before the record was looked at.</summary>
internal static class PlacesDoctor
{
    private const int MaxBytes = 1 << 20;

    public static IEnumerable<Fault> Examine(LedgerExam exam) => [.. Places(exam), .. Tails(exam)];

    private static IEnumerable<Fault> Tails(LedgerExam exam)
    {
        foreach (FoundSegment segment in exam.Shelf.Segments)
        {
            string file = TailFile.PathOf(segment.Path);
            if (exam.Environment.Disk.Exists(file) && !IsTailRight(exam, segment, file))
                yield return new Fault(
                    Path.ChangeExtension(segment.ShownName, TailFile.Extension),
                    ErrorCodes.BytesDamaged,
                    ContentCause.Of(file, exam.Environment.Disk),
                    FaultWeight.Derived,
                    "it does not say where records of its segment are"
                )
                {
                    Remedy = Remedies.Repair(exam.Path),
                };
        }
    }

    /// <summary>Whether each mark of a tail file leads to the record that it names; it may be behind. True where the segment itself is not whole, for then nobody can tell.</summary>
    public static bool IsTailRight(LedgerExam exam, FoundSegment segment, string file)
    {
        if (segment is not { Fault: null, Header.Header: { } header } || exam.Identity is not { } identity)
            return true;
        try
        {
            if (TailFile.Parse(DurableFile.Read(exam.Environment.Disk, file, MaxBytes), header) is not { } marks)
                return false;
            var left = new HashSet<RecordMark>(marks);
            foreach (SurveyedPiece piece in segment.Survey(identity.NewHeads().IsSigned)!.Pieces())
                left.Remove(new RecordMark(piece.First, piece.Bytes.Start));
            return left.Count == 0;
        }
        catch (TessraxException)
        {
            return false;
        }
    }

    private static IEnumerable<Fault> Places(LedgerExam exam)
    {
        foreach (FoundSegment segment in exam.Shelf.Segments)
        {
            string file = PlacesFile.PathOf(segment.Path);
            if (Expected(exam, segment) is not { } expected || !exam.Environment.Disk.Exists(file))
                continue;
            if (!IsRight(file, expected, exam.Environment.Disk))
                yield return new Fault(
                    Path.ChangeExtension(segment.ShownName, PlacesFile.Extension),
                    ErrorCodes.BytesDamaged,
                    ContentCause.Of(file, exam.Environment.Disk, expected.Length),
                    FaultWeight.Derived,
                    "it does not say where the records of its segment are"
                )
                {
                    Remedy = Remedies.Repair(exam.Path),
                };
        }
    }

    /// <summary>What the places file of a segment must hold; null for a segment that is not full and whole.</summary>
    public static byte[]? Expected(LedgerExam exam, FoundSegment segment)
    {
        if (segment is not { Fault: null, Header.Header: { } header } || exam.Identity is not { } identity)
            return null;
        var places = new List<RecordPlace>();
        foreach (SurveyedPiece piece in segment.Survey(identity.NewHeads().IsSigned)!.Pieces())
        {
            if (piece.Kind != PieceKind.Record)
                return null;
            places.Add(
                new RecordPlace(
                    piece.Bytes.Start,
                    (int)piece.Bytes.Length,
                    piece.First,
                    (int)(piece.Next - piece.First)
                )
            );
        }
        return places.Count > 0 && places[^1].NextIndex == segment.Entries.End
            ? PlacesFile.ToBytes(header, places)
            : null;
    }

    public static bool IsRight(string file, byte[] expected, IDisk disk)
    {
        try
        {
            return DurableFile.Read(disk, file, MaxBytes).AsSpan().SequenceEqual(expected);
        }
        catch (TessraxException)
        {
            return false;
        }
    }
}
