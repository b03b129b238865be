using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Tessrax.Hashing;

namespace Tessrax.Governance;

/// <summary>One half of a map of fields while it is gathered: for each key the entries that have its value, in their order.</summary>
/// <remarks>Lists of runs that pass through one pool: a value that one entry has costs some 60 bytes, and one that all have no more.</remarks>
/// <param name="isSealed">Whether entries have blinds, and only some have values. In the open half every entry has, so they are numbered as they come.</param>
internal sealed class FieldPostings(bool isSealed)
{
    // More keys than that are not kept for the next epoch.
    private const int MostKept = 1 << 12;
    private const int None = -1;

    private readonly Dictionary<Digest, int> slots = [];
    private readonly List<Slot> values = [];
    private readonly List<Run> runs = [];

    // By the number of an entry in this half. In the sealed one the complement of its index, once it counts no more.
    private long first;
    private int count;
    private readonly List<long> indexes = [];
    private readonly List<Digest> blinds = [];

    /// <summary>Begins with the next entry.</summary>
    /// <exception cref="ArgumentException">It is negative, or in the open half does not follow the one before.</exception>
    public void Enter(long index, Digest blind = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        if (count == 0)
            first = index;
        if (isSealed)
        {
            indexes.Add(index);
            blinds.Add(blind);
        }
        else if (index - first != count)
        {
            throw new ArgumentException($"entry {index} cannot follow {first + (count - 1)}", nameof(index));
        }
        count++;
    }

    /// <summary>The slot of a key, a new one if nobody had its value so far.</summary>
    public int SlotOf(Digest key)
    {
        ref int slot = ref CollectionsMarshal.GetValueRefOrAddDefault(slots, key, out bool isKnown);
        if (!isKnown)
        {
            slot = values.Count;
            values.Add(new Slot(key, None, None));
        }
        return slot;
    }

    /// <summary>Notes that the entry that was entered last has a value; once, however often it is said.</summary>
    public void Post(int slot) => Post(slot, count - 1);

    /// <summary>Lets those of a range of entries count no more that a test holds of.</summary>
    public void Drop(long from, long to, Predicate<long> erased)
    {
        for (int number = NumberFrom(from); number < indexes.Count; number++)
        {
            long index = indexes[number];
            if (Math.Max(index, ~index) >= to)
                return;
            if (index >= 0 && erased(index))
                indexes[number] = ~index;
        }
    }

    /// <summary>The slots that an entry which counts has the value of, in the order in which they came.</summary>
    public int[] Live()
    {
        var live = new List<int>(values.Count);
        for (int slot = 0; slot < values.Count; slot++)
        {
            if (HasEntries(slot))
                live.Add(slot);
        }
        return [.. live];
    }

    public Digest KeyOf(int slot) => values[slot].Key;

    /// <summary>The entries that have a slot's value.</summary>
    public IReadOnlyList<MapPosting> EntriesOf(int slot) =>
        [.. NumbersOf(slot).Select(number => new MapPosting(IndexOf(number), isSealed ? blinds[number] : null))];

    /// <summary>Appends a slot's postings as they are hashed.</summary>
    public void WritePostings(int slot, List<byte> to)
    {
        int size = isSealed ? MapPosting.SealedBytes : sizeof(long);
        for (int at = values[slot].First; at != None; at = runs[at].Next)
        {
            Run run = runs[at];
            int begin = to.Count;
            CollectionsMarshal.SetCount(to, begin + (run.Count * size));
            Span<byte> left = CollectionsMarshal.AsSpan(to)[begin..];
            for (int number = run.From; number < run.From + run.Count; number++)
            {
                long index = IndexOf(number);
                if (index < 0)
                    continue;
                BinaryPrimitives.WriteInt64BigEndian(left, index);
                if (isSealed)
                    blinds[number].Span.CopyTo(left[sizeof(long)..]);
                left = left[size..];
            }
            CollectionsMarshal.SetCount(to, to.Count - left.Length);
        }
    }

    /// <summary>Forgets everything. Slots may stay what they were: see the result.</summary>
    /// <returns>Whether keys keep their slots, so that whoever noted some can go on using them.</returns>
    public bool Clear()
    {
        runs.Clear();
        indexes.Clear();
        blinds.Clear();
        count = 0;
        bool areFew = values.Count <= MostKept;
        if (areFew)
        {
            foreach (ref Slot value in CollectionsMarshal.AsSpan(values))
                value = new Slot(value.Key, None, None);
        }
        else
        {
            slots.Clear();
            values.Clear();
        }
        return areFew;
    }

    /// <summary>Writes everything: an index takes 8 bytes, all other numbers 4, little-endian.
    /// <code>number of entries; the first one's index, or in the sealed half each one's with its blind; number of keys; each with the number of its runs, and these: the number of the
    /// first entry above, and how many entries</code></summary>
    public void Write(IBufferWriter<byte> output)
    {
        int[] places = new int[count];
        int live = 0;
        for (int number = 0; number < count; number++)
            places[number] = IndexOf(number) < 0 ? None : live++;
        Write(output, live);
        for (int number = 0; number < (isSealed ? count : Math.Min(count, 1)); number++)
        {
            if (places[number] == None)
                continue;
            BinaryPrimitives.WriteInt64LittleEndian(output.GetSpan(sizeof(long)), IndexOf(number));
            output.Advance(sizeof(long));
            if (isSealed)
                output.Write(blinds[number].Span);
        }
        int[] used = Live();
        Write(output, used.Length);
        foreach (int slot in used)
        {
            output.Write(values[slot].Key.Span);
            List<Run> whole = RunsOf(NumbersOf(slot).Select(number => places[number]));
            Write(output, whole.Count);
            foreach (Run run in whole)
            {
                Write(output, run.From);
                Write(output, run.Count);
            }
        }
    }

    /// <summary>Reads what <see cref="Write(IBufferWriter{byte})"/> writes, into what is empty yet.</summary>
    /// <param name="input">The bytes; what comes after stays.</param>
    /// <param name="size">Every index is below it; in the open half the last is right below.</param>
    /// <exception cref="TessraxException">TSX5025: it is nothing of the kind.</exception>
    public void Read(ref ReadOnlySpan<byte> input, long size)
    {
        int most = (int)Math.Min(size, isSealed ? input.Length / MapPosting.SealedBytes : int.MaxValue);
        int entries = Number(ref input, most);
        long last = -1;
        for (int i = 0; i < entries && isSealed; i++)
        {
            long index = BinaryPrimitives.ReadInt64LittleEndian(Take(ref input, sizeof(long)));
            if (index <= last || index >= size)
                throw Broken("an entry is out of place");
            last = index;
            Enter(index, new Digest(Take(ref input, Digest.Size)));
        }
        if (!isSealed && entries > 0)
        {
            first = BinaryPrimitives.ReadInt64LittleEndian(Take(ref input, sizeof(long)));
            count = first == size - entries ? entries : throw Broken("they are not the last entries");
        }
        for (int left = Number(ref input, input.Length / Digest.Size); left > 0; left--)
            ReadValue(ref input);
    }

    private void ReadValue(ref ReadOnlySpan<byte> input)
    {
        int slot = SlotOf(new Digest(Take(ref input, Digest.Size)));
        if (values[slot].First != None)
            throw Broken("a value stands twice");
        int next = 0;
        int left = Number(ref input, count);
        if (left == 0)
            throw Broken("nobody has a value");
        for (; left > 0; left--)
        {
            int from = Number(ref input, count - 1);
            int many = Number(ref input, count - from);
            if (from < next || many == 0)
                throw Broken("a run is out of place");
            for (next = from; next < from + many; next++)
                Post(slot, next);
            // Runs that touch would be one.
            next++;
        }
    }

    // The first entry of the sealed half from an index on. One that counts no more stands where it stood.
    private int NumberFrom(long from)
    {
        (int low, int high) = (0, indexes.Count);
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Math.Max(indexes[middle], ~indexes[middle]) < from)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private void Post(int slot, int number)
    {
        ref Slot value = ref CollectionsMarshal.AsSpan(values)[slot];
        if (value.Last == None)
        {
            value.First = runs.Count;
        }
        else
        {
            ref Run last = ref CollectionsMarshal.AsSpan(runs)[value.Last];
            int end = last.From + last.Count;
            last.Count += end == number ? 1 : 0;
            if (end >= number)
                return;
            last.Next = runs.Count;
        }
        value.Last = runs.Count;
        runs.Add(new Run(number, 1, None));
    }

    // Negative once it counts no more.
    private long IndexOf(int number) => isSealed ? indexes[number] : first + number;

    private IEnumerable<int> NumbersOf(int slot)
    {
        for (int at = values[slot].First; at != None; at = runs[at].Next)
        {
            Run run = runs[at];
            for (int number = run.From; number < run.From + run.Count; number++)
            {
                if (IndexOf(number) >= 0)
                    yield return number;
            }
        }
    }

    private bool HasEntries(int slot)
    {
        for (int at = values[slot].First; at != None; at = runs[at].Next)
        {
            Run run = runs[at];
            for (int number = run.From; number < run.From + run.Count; number++)
            {
                if (IndexOf(number) >= 0)
                    return true;
            }
        }
        return false;
    }

    private static List<Run> RunsOf(IEnumerable<int> places)
    {
        var found = new List<Run>();
        foreach (int place in places)
        {
            if (found is [.., var last] && last.From + last.Count == place)
                found[^1] = last with { Count = last.Count + 1 };
            else
                found.Add(new Run(place, 1, None));
        }
        return found;
    }

    private static void Write(IBufferWriter<byte> output, int number)
    {
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(sizeof(int)), number);
        output.Advance(sizeof(int));
    }

    private static int Number(ref ReadOnlySpan<byte> input, int most)
    {
        int number = BinaryPrimitives.ReadInt32LittleEndian(Take(ref input, sizeof(int)));
        return number >= 0 && number <= most ? number : throw Broken("a number is too large");
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> input, int length)
    {
        if (input.Length < length)
            throw Broken("they end too early");
        ReadOnlySpan<byte> taken = input[..length];
        input = input[length..];
        return taken;
    }

    private static TessraxException Broken(string why) =>
        ErrorCodes.PartBroken.Because($"the fields of an epoch cannot be read: {why}");

    private record struct Slot(Digest Key, int First, int Last);

    // Entries with successive numbers that have a value, and where the value's next run is.
    private record struct Run(int From, int Count, int Next);
}
