using System.Buffers.Binary;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Hashing;
using Tessrax.Keys;

namespace Tessrax.Governance;

/// <summary>Which part of a set of ledgers one is: the subjects of all claims are spread over the set, each to one ledger of it.</summary>
/// <remarks>
/// <code>{"index":2,"of":4,"set":"example.com/decisions"}</code>
/// Genesis says it, so the ledger's id commits to it, and a claim that stands in another shard than <see cref="Route"/> gives is refused by whoever judges entries: contradicting
/// claims cannot hide in two ledgers. See <c>spec/shards.md</c>.
/// </remarks>
/// <param name="Set">The set's name, of the form of an origin.</param>
/// <param name="Index">Which of its shards, from 0.</param>
/// <param name="Of">How many there are: 2 to 256.</param>
public sealed record Shard(string Set, int Index, int Of)
{
    /// <summary>The fewest shards of a set.</summary>
    public const int Fewest = 2;

    /// <summary>The most shards of a set.</summary>
    public const int Most = 256;

    // So that a digest of a subject that is published for another reason does not tell its shard, and the other way round.
    private static readonly byte[] Label = Encoding.ASCII.GetBytes("tessrax/shard/v1\n");

    /// <summary>The origin that the shard has: the set's name, <c>/shard-</c>, the index, <c>-of-</c> and the number.</summary>
    public string Origin => OriginOf(Set, Index, Of);

    /// <summary>The shard that a subject belongs to.</summary>
    /// <param name="subject">The subject of a claim, exactly.</param>
    /// <param name="of">How many shards there are.</param>
    /// <returns>From 0 to one less than <paramref name="of"/>: floor(h × of / 2^64), h being the first eight bytes of the subject's hash.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 2 shards, or more than 256.</exception>
    public static int Route(string subject, int of)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentOutOfRangeException.ThrowIfLessThan(of, Fewest);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(of, Most);
        Digest hash = HashEngine.Sha256.Hash(Label, NoteText.Utf8.GetBytes(subject), []);
        ulong high = Math.BigMul(BinaryPrimitives.ReadUInt64BigEndian(hash.Span), (ulong)of, out _);
        return (int)high;
    }

    /// <summary>Whether claims about a subject stand in this shard.</summary>
    public bool Has(string subject) => Route(subject, Of) == Index;

    /// <summary>Refuses a subject that belongs elsewhere.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="what">What speaks of it, to begin the message with.</param>
    /// <exception cref="TessraxException">TSX4054: it belongs to another shard, which the hint names.</exception>
    public void Require(string subject, string what)
    {
        if (!Has(subject))
            throw ErrorCodes.WrongShard.Because(
                Misplaced(subject, what),
                $"record it in {OriginOf(Set, Route(subject, Of), Of)}"
            );
    }

    /// <summary>The shard's members.</summary>
    public JsonValue ToJson() => JsonValue.Object(("set", Set), ("index", Index), ("of", Of));

    /// <summary>For people.</summary>
    public override string ToString() => $"shard {Index} of {Of} of {Set}";

    internal static string OriginOf(string set, int index, int of) => $"{set}/shard-{index}-of-{of}";

    /// <summary>The number of shards of a set, as it stands in a member.</summary>
    internal static int ReadCount(ObjectReader reader, string name) => (int)reader.Integer(name, Fewest, Most);

    internal static Shard Read(ObjectReader reader)
    {
        string set = Origins.Check(reader.String("set"));
        int of = ReadCount(reader, "of");
        var shard = new Shard(set, (int)reader.Integer("index", 0, of - 1), of);
        reader.End();
        return shard;
    }

    /// <summary>Why what a payload speaks of does not belong here; null if it does, or speaks of no subject.</summary>
    /// <param name="entry">The entry's index.</param>
    /// <param name="payload">What was read of its payload.</param>
    internal Refusal? Judge(long entry, object? payload)
    {
        string? astray = SubjectsOf(payload).FirstOrDefault(subject => !Has(subject));
        return astray is null
            ? null
            : new Refusal(Aspect.Decision, ErrorCodes.WrongShard, Misplaced(astray, $"entry {entry}"));
    }

    private static IEnumerable<string> SubjectsOf(object? payload) =>
        payload switch
        {
            ClaimsRecorded recorded => recorded.Claims.Select(claim => claim.Subject),
            Contradiction found => [found.Key.Subject],
            Decision decision => [decision.Key.Subject],
            Proposal { Decision: { } proposed } => [proposed.Key.Subject],
            _ => [],
        };

    private string Misplaced(string subject, string what) =>
        $"{what} speaks of '{subject}', which belongs to shard {Route(subject, Of)} of {Set}, and this is shard {Index}";
}
