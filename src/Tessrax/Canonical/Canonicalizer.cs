using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace Tessrax.Canonical;

/// <summary>Turns JSON into its canonical bytes (RFC 8785) in one pass, over buffers that it keeps: once they are large enough it allocates nothing.</summary>
/// <remarks>
/// Text that is canonical already is copied as it stands, in runs as long as possible; only what differs is written anew, and the members
/// of an object are moved only if they are out of order. Refuses what <see cref="JsonValue.Parse"/> refuses, with the same codes.
/// Make one and use it again and again; not safe for concurrent use.
/// </remarks>
/// <example><code>
/// var canonicalizer = new Canonicalizer();
/// ReadOnlySpan&lt;byte> canonical = canonicalizer.Canonicalize("""{"b":1.0,"a":[]}"""u8); // {"a":[],"b":1}
/// </code></example>
public sealed class Canonicalizer
{
    // Buffers beyond this are not kept for others: one huge text must not hold memory for ever.
    private const int MostKept = 4 * 1024 * 1024;

    private const int FewMembers = 24;

    [ThreadStatic]
    private static Canonicalizer? spare;

    private readonly Utf8Buffer output = new();
    private readonly Utf8Buffer scratch = new();
    private readonly OpenObject[] open = new OpenObject[JsonValue.MaxDepth];
    private readonly Comparison<int> byName;
    private Member[] members = new Member[32];
    private int[] order = new int[32];
    private readonly byte[] lastOrders = new byte[(FewMembers + 1) * FewMembers];
    private int openCount;
    private int memberCount;

    // The text from here to the last token was read and stands in canonical form, but is not in the output yet.
    private int run;

    public Canonicalizer() => byName = CompareWritten;

    /// <summary>The canonical bytes of any I-JSON text; valid until the next call.</summary>
    /// <param name="utf8">One JSON text in UTF-8.</param>
    /// <param name="numbers">What becomes of numbers that a double cannot hold exactly.</param>
    /// <exception cref="TessraxException">TSX1001 to TSX1005: not I-JSON, or numbers that would lose digits; TSX1006: beyond what memory can hold.</exception>
    public ReadOnlySpan<byte> Canonicalize(ReadOnlySpan<byte> utf8, NumberRule numbers = NumberRule.Exact)
    {
        Flush(utf8, ReadAll(utf8, numbers));
        return output.Written;
    }

    /// <summary>Writes the canonical bytes to <paramref name="output"/>; nothing, if the text is refused.</summary>
    /// <exception cref="TessraxException">As <see cref="Canonicalize(ReadOnlySpan{byte}, NumberRule)"/>.</exception>
    public void CanonicalizeTo(
        ReadOnlySpan<byte> utf8,
        IBufferWriter<byte> output,
        NumberRule numbers = NumberRule.Exact
    )
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Write(Canonicalize(utf8, numbers));
    }

    /// <summary>Copies the canonical bytes to <paramref name="destination"/>.</summary>
    /// <returns>False if they do not fit; <paramref name="written"/> is then 0.</returns>
    /// <exception cref="TessraxException">As <see cref="Canonicalize(ReadOnlySpan{byte}, NumberRule)"/>.</exception>
    public bool TryCanonicalize(
        ReadOnlySpan<byte> utf8,
        Span<byte> destination,
        out int written,
        NumberRule numbers = NumberRule.Exact
    )
    {
        ReadOnlySpan<byte> canonical = Canonicalize(utf8, numbers);
        bool fits = canonical.TryCopyTo(destination);
        written = fits ? canonical.Length : 0;
        return fits;
    }

    /// <summary>Whether <paramref name="utf8"/> is in canonical form already. What no canonical form is worth is refused, as ever.</summary>
    /// <exception cref="TessraxException">As <see cref="Canonicalize(ReadOnlySpan{byte}, NumberRule)"/>.</exception>
    public bool IsCanonical(ReadOnlySpan<byte> utf8) => IsCanonical(utf8, 0);

    /// <summary>The same for a value that stands within <paramref name="depth"/> objects and arrays.</summary>
    internal bool IsCanonical(ReadOnlySpan<byte> utf8, int depth)
    {
        int end = ReadAll(utf8, NumberRule.Exact, depth);
        // One run from the first byte to the last: nothing was written anew.
        if (run == 0 && output.Length == 0)
            return end == utf8.Length;
        Flush(utf8, end);
        return output.Written.SequenceEqual(utf8);
    }

    /// <summary>One that nobody on this thread uses at the moment.</summary>
    internal static Canonicalizer Rent()
    {
        Canonicalizer rented = spare ?? new Canonicalizer();
        spare = null;
        return rented;
    }

    /// <summary>Gives back what <see cref="Rent"/> gave; the spans it returned are void.</summary>
    internal static void Return(Canonicalizer rented)
    {
        long members = (long)rented.members.Length * Unsafe.SizeOf<Member>();
        if (rented.output.Capacity <= MostKept && rented.scratch.Capacity <= MostKept && members <= MostKept)
            spare = rented;
    }

    // Gives the end of the last token.
    private int ReadAll(ReadOnlySpan<byte> utf8, NumberRule numbers, int depth = 0)
    {
        output.Clear();
        (run, openCount, memberCount) = (0, 0, 0);
        var scanner = new JsonScanner(utf8, depth);
        int done = 0;
        bool afterValue = false;
        while (scanner.Read())
        {
            JsonToken token = scanner.Token;
            bool needsComma = afterValue && token is not (JsonToken.EndArray or JsonToken.EndObject);
            int start = scanner.Start;
            if (start != done + (needsComma ? 1 : 0))
                SkipTo(start, needsComma ? (byte)',' : (byte)0, utf8, done);
            afterValue = token is not (JsonToken.Name or JsonToken.StartArray or JsonToken.StartObject);
            switch (token)
            {
                case JsonToken.Name:
                    AddName(ref scanner, utf8);
                    break;
                case JsonToken.String when scanner.HasEscapes || !scanner.IsAscii:
                    AddString(ref scanner, utf8);
                    break;
                case JsonToken.Number when EcmaNumber.PlainLength(scanner.Bytes) != scanner.End - scanner.Start:
                    AddNumber(ref scanner, utf8, numbers);
                    break;
                case JsonToken.StartObject:
                    open[openCount++] = new OpenObject { FirstMember = memberCount, InOrder = true };
                    break;
                case JsonToken.EndObject:
                    EndObject(scanner.Start, utf8);
                    break;
            }
            done = scanner.Position;
        }
        return done;
    }

    // Ends the run before space, which does not belong into the output, and begins the next behind it. What separates the two tokens
    // stands somewhere in that space; as a rule at its beginning.
    private void SkipTo(int next, byte separator, ReadOnlySpan<byte> utf8, int done)
    {
        if (separator != 0 && utf8[done] == separator)
        {
            Flush(utf8, done + 1);
        }
        else
        {
            Flush(utf8, done);
            if (separator != 0)
                output.Append(separator);
        }
        run = next;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Flush(ReadOnlySpan<byte> utf8, int end)
    {
        output.Append(utf8, run, end);
        run = end;
    }

    // Where a byte of the present run will stand in the output.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int InOutput(int position) => output.Length + (position - run);

    private void AddName(ref JsonScanner scanner, ReadOnlySpan<byte> utf8)
    {
        if (memberCount == members.Length)
            Array.Resize(ref members, 2 * memberCount);
        ref Member member = ref members[memberCount];
        member.Start = InOutput(scanner.Start);
        member.Source = scanner.Start + 1;
        if (scanner.HasEscapes || !scanner.IsAscii)
        {
            member.SourceEnd = scanner.HasEscapes ? -1 : scanner.End - 1;
            member.Prefix = 0;
            AddString(ref scanner, utf8);
        }
        else
        {
            member.SourceEnd = scanner.End - 1;
            member.Prefix = PrefixOf(utf8, member.Source, member.SourceEnd);
        }
        member.NameEnd = InOutput(scanner.End);
        // Space before the colon.
        if (scanner.Position != scanner.End + 1)
            SkipTo(scanner.Position, (byte)':', utf8, scanner.End);
        ref OpenObject parent = ref open[openCount - 1];
        if (memberCount > parent.FirstMember)
        {
            ref Member previous = ref members[memberCount - 1];
            previous.End = member.Start - 1;
            parent.InOrder = parent.InOrder && AreInOrder(previous, member, utf8);
        }
        memberCount++;
    }

    private void AddString(ref JsonScanner scanner, ReadOnlySpan<byte> utf8)
    {
        if (!scanner.HasEscapes)
        {
            CanonicalText.RequireUnicode(scanner.Content, scanner.Start);
            return;
        }
        scratch.Clear();
        CanonicalText.Unescape(scanner.Content, scanner.Start, scratch);
        Flush(utf8, scanner.Start);
        CanonicalText.Write(scratch.Written, output);
        run = scanner.End;
    }

    private void AddNumber(ref JsonScanner scanner, ReadOnlySpan<byte> utf8, NumberRule numbers)
    {
        Span<byte> room = stackalloc byte[EcmaNumber.MaxLength];
        ReadOnlySpan<byte> canonical = EcmaNumber.Canonical(scanner.Bytes, numbers, scanner.Start, room);
        Flush(utf8, scanner.Start);
        output.Append(canonical);
        run = scanner.End;
    }

    private void EndObject(int close, ReadOnlySpan<byte> utf8)
    {
        OpenObject ended = open[--openCount];
        if (!ended.InOrder)
        {
            members[memberCount - 1].End = InOutput(close);
            Flush(utf8, close);
            Sort(ended.FirstMember, memberCount - ended.FirstMember);
        }
        memberCount = ended.FirstMember;
    }

    // The members are all in the output; what belongs in front is moved there.
    private void Sort(int first, int count)
    {
        if (order.Length < count)
            order = new int[Math.Max(count, 2 * order.Length)];
        Span<int> those = order.AsSpan(0, count);
        if (count > FewMembers || !RecallOrder(those, first))
            FindOrder(those, first);
        scratch.Clear();
        ReadOnlySpan<byte> written = output.Written;
        foreach (int i in those)
        {
            ref readonly Member member = ref members[i];
            scratch.Append(written, member.Start, member.End);
            scratch.Append((byte)',');
        }
        scratch.DropLast();
        scratch.Written.CopyTo(output.WrittenForChange[members[first].Start..]);
    }

    // Records of one shape come one after another, so the order that the last object of so many members had is tried first.
    private bool RecallOrder(Span<int> those, int first)
    {
        ReadOnlySpan<byte> last = lastOrders.AsSpan(those.Length * FewMembers, those.Length);
        those[0] = first + last[0];
        for (int i = 1; i < those.Length; i++)
        {
            those[i] = first + last[i];
            if (CompareWritten(those[i - 1], those[i]) >= 0)
                return false;
        }
        return true;
    }

    private void FindOrder(Span<int> those, int first)
    {
        for (int i = 0; i < those.Length; i++)
            those[i] = first + i;
        if (those.Length <= FewMembers)
            InsertionSort(those);
        else
            those.Sort(byName);
        for (int i = 1; i < those.Length; i++)
        {
            if (CompareWritten(those[i - 1], those[i]) == 0)
                throw Duplicate(members[those[i - 1]], members[those[i]]);
        }
        for (int i = 0; i < those.Length && those.Length <= FewMembers; i++)
            lastOrders[those.Length * FewMembers + i] = (byte)(those[i] - first);
    }

    private void InsertionSort(Span<int> those)
    {
        for (int i = 1; i < those.Length; i++)
        {
            int moving = those[i];
            int place = i;
            for (; place > 0 && CompareWritten(those[place - 1], moving) > 0; place--)
                those[place] = those[place - 1];
            those[place] = moving;
        }
    }

    private int CompareWritten(int left, int right)
    {
        ref readonly Member a = ref members[left];
        ref readonly Member b = ref members[right];
        return a.Prefix != b.Prefix && a.Prefix != 0 && b.Prefix != 0
            ? a.Prefix.CompareTo(b.Prefix)
            : CanonicalText.Compare(NameOf(a), NameOf(b));
    }

    // Names with escapes are compared once they are written.
    private static bool AreInOrder(in Member left, in Member right, ReadOnlySpan<byte> utf8)
    {
        if (left.Prefix != right.Prefix && left.Prefix != 0 && right.Prefix != 0)
            return left.Prefix < right.Prefix;
        return left.SourceEnd >= 0
            && right.SourceEnd >= 0
            && CanonicalText.Compare(utf8[left.Source..left.SourceEnd], utf8[right.Source..right.SourceEnd]) < 0;
    }

    // The first eight bytes of an ASCII name as a number, so that most comparisons are of numbers. No name holds zeros.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong PrefixOf(ReadOnlySpan<byte> utf8, int begin, int end)
    {
        if (utf8.Length - begin < sizeof(ulong) || begin == end)
            return 0;
        ulong prefix = BinaryPrimitives.ReadUInt64BigEndian(utf8[begin..]);
        int beyond = sizeof(ulong) - (end - begin);
        return beyond <= 0 ? prefix : prefix >> 8 * beyond << 8 * beyond;
    }

    private ReadOnlySpan<byte> NameOf(in Member member) => output.Written[(member.Start + 1)..(member.NameEnd - 1)];

    private TessraxException Duplicate(in Member one, in Member other) =>
        new(ErrorCodes.DuplicateKey, $"the key '{Encoding.UTF8.GetString(NameOf(one))}' appears twice")
        {
            Offset = Math.Max(one.Source, other.Source) - 1,
        };

    private struct OpenObject
    {
        public int FirstMember;
        public bool InOrder;
    }

    // A member as it stands in the output, from its name to its end, and its name in the text: SourceEnd is -1 if it has escapes.
    // Prefix is 0 for a name that is empty, not plain ASCII, or at the very end of the text.
    private struct Member
    {
        public int Start;
        public int NameEnd;
        public int End;
        public int Source;
        public int SourceEnd;
        public ulong Prefix;
    }
}
