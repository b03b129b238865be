using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>The content of LEDGER_CLOSED: the one ledger that goes on where this one ends.</summary>
/// <remarks><code>{"successor":{"hash":"blake3","origin":"example.com/ledger/2","vkey":"example.com/ledger/2+…"}}</code>
/// It cannot name the successor's id, which commits to the checkpoint that covers this very entry; the log key binds it instead.</remarks>
/// <param name="Origin">The successor's origin; not this ledger's, so that no checkpoint of one passes for the other's.</param>
/// <param name="Hash">Name of the hash function of its tree.</param>
/// <param name="LogKey">Its first log key.</param>
public sealed record Successor(string Origin, string Hash, VerifierKey LogKey)
{
    /// <summary>Who may recover the successor, where nobody could recover this ledger; null if nobody can, or who could goes on to be the one.</summary>
    public RecoveryCommitment? Recovery { get; init; }

    /// <summary>Over how many ledgers the subjects are spread from then on; null if one ledger goes on. <see cref="Origin"/> is then the name of the set, and each of its
    /// shards has the log key under its own origin.</summary>
    public int? Shards { get; init; }

    /// <summary>The successor that the predecessor of a ledger must name, to hold its genesis against it.</summary>
    /// <param name="genesis">That ledger's.</param>
    internal static Successor Of(Genesis genesis)
    {
        VerifierKey log = genesis.Keys.First(key => key.Purpose == KeyPurpose.Log).Verifier;
        string name = genesis.Shard?.Set ?? genesis.Origin;
        return new Successor(name, genesis.Hash, VerifierKey.Create(name, log.Key)) { Shards = genesis.Shard?.Of };
    }

    /// <summary>Reads the control member of a LEDGER_CLOSED body.</summary>
    /// <exception cref="TessraxException">TSX1007 to TSX1009: not of that form.</exception>
    public static Successor Read(EntryBody body)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (body.Control is not { } control)
            throw ErrorCodes.MissingMember.Because("LEDGER_CLOSED has no control member");
        var reader = new ObjectReader(control, "$.body.control");
        Successor successor = Read(reader.Object("successor"));
        reader.End();
        return successor;
    }

    /// <summary>The same, for a ledger in this state.</summary>
    /// <exception cref="TessraxException">TSX1007 to TSX1009: not of that form, or a successor that this ledger cannot have.</exception>
    internal static Successor Read(EntryBody body, GovernanceState before)
    {
        Successor successor = Read(body);
        if (successor.Origin == before.Origin)
            throw ErrorCodes.BadValue.Because("a successor needs an origin of its own");
        if (before.Key(successor.LogKey.Key.Id) is not null)
            throw ErrorCodes.BadValue.Because("a successor's log key must be new: one key has one purpose, once");
        if (before.Recovery is { } own && successor.Recovery is not null)
            throw ErrorCodes.BadValue.Because(
                $"the ledger is recovered by {own}, and so is its successor, by nobody else"
            );
        return successor;
    }

    /// <summary>The control member.</summary>
    public JsonValue ToControl() => JsonValue.Object(("successor", ToJson()));

    /// <summary>Origin, hash, vkey, the commitment to a recovery key if it is a new one, and the number of shards if there are any.</summary>
    public JsonValue ToJson() =>
        JsonValue.Object(
            ("origin", Origin),
            ("hash", Hash),
            ("vkey", LogKey.ToString()),
            ("recovery", Recovery?.ToJson()),
            ("shards", Shards is { } shards ? (JsonValue)shards : null)
        );

    /// <summary>For people.</summary>
    public override string ToString() =>
        $"{Origin} ({Hash}{(Shards is { } of ? $", {of} shards" : "")}), log key {LogKey}{(Recovery is null ? "" : $", recovered by {Recovery}")}";

    internal static Successor Read(ObjectReader reader)
    {
        string origin = Origins.Check(reader.String("origin"));
        string hash = reader.String("hash");
        if (HashEngine.ByName(hash) is null)
            throw reader.Fault("hash", $"is '{hash}', which is no hash function that this version knows");
        if (
            !VerifierKey.TryParse(reader.String("vkey"), out VerifierKey? key)
            || key.Name != origin
            || key.Type != VerifierKey.Ed25519
        )
            throw reader.Fault("vkey", "is not the vkey of a log of that origin");
        RecoveryCommitment? recovery = reader.Optional("recovery") is null
            ? null
            : RecoveryCommitment.Read(reader) ?? throw reader.Fault("recovery", "must be left out, rather than null");
        int? shards = reader.Optional("shards") is null ? null : Shard.ReadCount(reader, "shards");
        reader.End();
        return new Successor(origin, hash, key) { Recovery = recovery, Shards = shards };
    }
}
