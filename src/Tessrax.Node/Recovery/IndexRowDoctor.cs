using System.Buffers.Binary;
using System.Text;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Index;

namespace Tessrax.Node.Recovery;

/// <summary>What an index holds, compared with the ledger.</summary>
/// <remarks>
/// Of each run of 256 entries the index notes the root of the subtree above them, and a digest of their rows. If the tree still has that root, the entries
/// are what they were when the rows were written; if the rows still have that digest, so are they. Only a run of which either is not so
/// is compared row by row with the segments. What entries are found by lies apart from the rows, in no order of theirs: there a sum for each entry is compared, under a
/// key that is drawn for the comparison, so that nobody can make two mistakes that cancel out.
/// </remarks>
internal sealed class IndexRowDoctor(LedgerExam exam, MirrorSource segments, IIndexBackend index, IndexFaults faults)
{
    private readonly byte[] key = exam.Environment.RandomBytes(16);

    private long Size => index.Mark.Size;

    private bool HasText => index.Mark.Words is not null;

    /// <summary>Compares rows.</summary>
    /// <param name="blocks">What is noted of each run.</param>
    /// <param name="isThorough">Whether all of them are compared row by row.</param>
    /// <returns>How many runs were.</returns>
    public int CompareBlocks(IReadOnlyList<IndexBlock> blocks, bool isThorough)
    {
        var known = new Dictionary<long, IndexBlock>();
        foreach (IndexBlock block in blocks)
            known[block.First] = block;
        int compared = 0;
        for (long first = 0; first < Size; first += IndexBlock.Length)
        {
            long end = Math.Min(Size, first + IndexBlock.Length);
            IReadOnlyList<IndexRow> rows = index.Rows(first, end);
            IndexBlock? noted = known.GetValueOrDefault(first);
            bool isSame =
                noted is not null
                && noted.Count == end - first
                && noted.Rows == IndexEntry.DigestOf(rows)
                && IsSameTree(noted);
            if (isSame && !isThorough)
                continue;
            compared++;
            if (!CompareRows(first, end, rows) && !isSame)
                faults.Add(
                    FaultCause.EditedByHand,
                    FaultWeight.Derived,
                    "what is noted of these entries is wrong, and yet their rows are right",
                    new LeafRange(first, end)
                );
        }
        IReadOnlyList<IndexRow> beyond = index.Rows(Size, long.MaxValue);
        if (beyond.Count > 0)
            faults.Add(
                FaultCause.Misplaced,
                FaultWeight.Derived,
                $"there are {beyond.Count} rows beyond the {Size} entries up to which it is complete",
                new LeafRange(beyond[0].Index, beyond[^1].Index + 1)
            );
        return compared;
    }

    /// <summary>Compares what entries are found by with their rows.</summary>
    public void ComparePostings()
    {
        var sums = new ulong[Size];
        bool isBeyond = false;
        foreach (FieldPosting posting in index.Postings())
        {
            if (posting.Entry >= 0 && posting.Entry < Size)
                Add(ref sums[posting.Entry], Term(posting.Value));
            else
                isBeyond = true;
        }
        for (long first = 0; first < Size; first += IndexBlock.Length)
        {
            foreach (IndexRow row in index.Rows(first, Math.Min(Size, first + IndexBlock.Length)))
            {
                foreach (FieldValue value in row.Fields)
                    Take(ref sums[row.Index], Term(value));
            }
        }
        Tell(sums, isBeyond, "these entries are not found by what their rows say, or by something else");
    }

    /// <summary>Compares every place of every word with the ledger.</summary>
    /// <returns>How many.</returns>
    public long ComparePlaces()
    {
        var sums = new ulong[Size];
        bool isBeyond = false;
        long places = 0;
        (string Word, ulong Term) last = ("", TermOf(""));
        foreach (WordPlace place in index.Places())
        {
            places++;
            if (place.Word != last.Word)
                last = (place.Word, TermOf(place.Word));
            if (place.Entry >= 0 && place.Entry < Size)
                Add(ref sums[place.Entry], At(last.Term, place.Position));
            else
                isBeyond = true;
        }
        var terms = new Dictionary<string, ulong>(StringComparer.Ordinal);
        for (long entry = 0; entry < Size; entry++)
        {
            if (segments.Find(entry) is not { } stored)
            {
                sums[entry] = 0; // Damage there is SegmentDoctor's to tell of.
                continue;
            }
            string[] words = IndexEntry
                .Of(stored, hasText: true)
                .Words.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            for (int position = 0; position < words.Length; position++)
                Take(ref sums[entry], At(Kept(terms, words[position]), position));
        }
        Tell(sums, isBeyond, "these entries are not found by the words of their text, or by others");
        return places;
    }

    private void Tell(ulong[] sums, bool isBeyond, string says)
    {
        for (long entry = 0; entry < sums.Length; entry++)
        {
            if (sums[entry] != 0)
                faults.Add(FaultCause.EditedByHand, FaultWeight.Derived, says, new LeafRange(entry, entry + 1));
        }
        if (isBeyond)
            faults.Add(
                FaultCause.Misplaced,
                FaultWeight.Derived,
                $"entries are found beyond the {Size} up to which it is complete"
            );
    }

    // Bounded: most words come again soon.
    private ulong Kept(Dictionary<string, ulong> terms, string word)
    {
        const int MostTerms = 100_000;
        if (terms.TryGetValue(word, out ulong known))
            return known;
        if (terms.Count >= MostTerms)
            terms.Clear();
        return terms[word] = TermOf(word);
    }

    private ulong Term(FieldValue value) => At(TermOf(value.Value), (int)value.Field);

    private ulong TermOf(string text)
    {
        byte[] mac = Hmac.Sha256(key, Encoding.UTF8.GetBytes(text));
        return BinaryPrimitives.ReadUInt64LittleEndian(mac);
    }

    private static void Add(ref ulong sum, ulong term) => sum = unchecked(sum + term);

    private static void Take(ref ulong sum, ulong term) => sum = unchecked(sum - term);

    // SplitMix64 of both.
    private static ulong At(ulong term, int position)
    {
        unchecked
        {
            ulong mixed = term + (ulong)(position + 1) * 0x9E37_79B9_7F4A_7C15;
            mixed = (mixed ^ mixed >> 30) * 0xBF58_476D_1CE4_E5B9;
            mixed = (mixed ^ mixed >> 27) * 0x94D0_49BB_1331_11EB;
            return mixed ^ mixed >> 31;
        }
    }

    // By the tiles, if they are there; the segments give the same hashes more slowly. Whether the tiles are right is TileDoctor's to tell.
    private bool IsSameTree(IndexBlock noted)
    {
        var leaves = new Digest[noted.Count];
        EntrySource[] sources = [.. exam.Sources.OfType<TileEntries>(), segments];
        for (int i = 0; i < leaves.Length; i++)
        {
            Digest? leaf = null;
            for (int s = 0; s < sources.Length && leaf is null; s++)
                leaf = sources[s].LeafHash(noted.First + i);
            if (leaf is not { } found)
                return false;
            leaves[i] = found;
        }
        return noted.Count < IndexBlock.Length || MerkleRoot.Of(leaves, exam.Identity!.Hasher) == noted.Root;
    }

    private bool CompareRows(long first, long end, IReadOnlyList<IndexRow> rows)
    {
        int before = faults.Count;
        var byIndex = rows.ToDictionary(row => row.Index);
        for (long entry = first; entry < end; entry++)
        {
            var range = new LeafRange(entry, entry + 1);
            if (segments.Find(entry) is not { } stored)
                continue;
            if (!byIndex.TryGetValue(entry, out IndexRow? row))
            {
                faults.Add(FaultCause.Missing, FaultWeight.Derived, "rows of entries are missing", range);
                continue;
            }
            string[] fields = [.. IndexEntry.Differences(row, IndexEntry.Of(stored, HasText).Row)];
            if (fields.Length > 0)
                faults.Add(
                    FaultCause.EditedByHand,
                    FaultWeight.Derived,
                    $"rows say something else than their entries: {string.Join(", ", fields)}",
                    range
                );
        }
        return faults.Count > before;
    }
}
