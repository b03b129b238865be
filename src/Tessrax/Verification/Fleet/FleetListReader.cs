using System.Text;
using Tessrax.Keys;

namespace Tessrax.Verification.Fleet;

/// <summary>Reads the list of a round piece by piece, in memory for one piece.</summary>
/// <remarks>A first line; then each ledger's signed checkpoint, followed by an empty line, sorted by origin, each origin once:
/// <code>
/// tessrax/fleet-list/v1
///
/// example.com/a
/// 12
/// CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
///
/// — example.com/a Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
///
/// example.com/b
/// …
/// </code>
/// See <c>spec/fleet.md</c>.</remarks>
public sealed class FleetListReader
{
    private readonly List<byte> rest = [];
    private bool isBegun;
    private string? last;

    /// <summary>How many ledgers were read so far.</summary>
    public long Ledgers { get; private set; }

    /// <summary>What a list begins with.</summary>
    public static ReadOnlySpan<byte> Begin => "tessrax/fleet-list/v1\n\n"u8;

    /// <summary>One ledger's part of a list.</summary>
    public static byte[] PartOf(FleetMember member)
    {
        ArgumentNullException.ThrowIfNull(member);
        return Encoding.UTF8.GetBytes($"{member.Note}\n");
    }

    /// <summary>Reads on.</summary>
    /// <param name="piece">What comes next, cut anywhere.</param>
    /// <returns>The ledgers that end in it, in order.</returns>
    /// <exception cref="TessraxException">TSX1009, TSX2006: not a list, or not in order. Nothing more can be read then.</exception>
    public IReadOnlyList<FleetMember> Read(ReadOnlySpan<byte> piece)
    {
        rest.AddRange(piece);
        ReadOnlySpan<byte> left = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rest);
        int taken = 0;
        if (!isBegun && left.Length >= Begin.Length)
        {
            if (!left.StartsWith(Begin))
                throw Fault("does not begin like one");
            isBegun = true;
            taken = Begin.Length;
        }
        var found = new List<FleetMember>();
        while (isBegun && EndOf(left[taken..]) is > 0 and int end)
        {
            found.Add(Next(left.Slice(taken, end)));
            taken += end + 1;
        }
        if (left.Length - taken > FleetMember.MaxBytes + 1)
            throw Fault($"holds a note of more than {FleetMember.MaxBytes} bytes");
        rest.RemoveRange(0, taken);
        return found;
    }

    /// <summary>Says that nothing more comes.</summary>
    /// <exception cref="TessraxException">TSX1009: the list is cut short, or holds no ledger.</exception>
    public void End()
    {
        if (rest.Count > 0 || Ledgers == 0)
            throw Fault("is cut short");
    }

    // A note has one empty line, between text and signatures; the next one ends it. Neither of both can have one within.
    private static int EndOf(ReadOnlySpan<byte> text)
    {
        int split = text.IndexOf("\n\n"u8);
        if (split < 0)
            return 0;
        int end = text[(split + 2)..].IndexOf("\n\n"u8);
        return end < 0 ? 0 : split + 2 + end + 1;
    }

    private FleetMember Next(ReadOnlySpan<byte> note)
    {
        FleetMember member = FleetMember.Of(SignedNote.Parse(note));
        if (last is not null && FleetMember.Compare(member.Says.Origin, last) <= 0)
            throw Fault($"has {member.Says.Origin} after {last}: origins must be sorted, each once");
        last = member.Says.Origin;
        Ledgers++;
        return member;
    }

    private static TessraxException Fault(string what) =>
        ErrorCodes.BadValue.Because(
            $"the list of a fleet's round {what}",
            "the list that a FLEET_RECORDED names lies in the fleet's evidence, under its digest"
        );
}
