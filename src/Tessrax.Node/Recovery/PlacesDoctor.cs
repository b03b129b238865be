using Tessrax.Node.Files;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Recovery;

/// <summary>The places files beside full segments: derived, and believed by nobody before the record was looked at.</summary>
internal static class PlacesDoctor
{
    private const int MaxBytes = 1 << 20;

    public static IEnumerable<Fault> Examine(LedgerExam exam)
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
