using System.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Merkle;

namespace Tessrax.Governance;

/// <summary>The content of EPOCH_OPENED: all that the entries before it add up to, in a few digests. The fold determines every member but
/// the root, and whoever has the tree that; so nobody decides anything by it, and it needs nobody's approval.</summary>
/// <remarks><code>{"before":null,"epoch":1,"gov":{"digest":"sha256:…","n":1},"index":{…},"keys":"sha256:…","policy":{…},"root":"sha256:…","size":65536,"state":"sha256:…"}</code>
/// <c>index</c> is <see cref="EpochFields"/>, which a search can be proven complete by.</remarks>
/// <param name="Epoch">The number of the epoch that begins.</param>
/// <param name="Root">The tree of the entries before it: their number, which is this entry's index, and their root.</param>
/// <param name="Gov">The governance state that they give.</param>
/// <param name="Policy">The policy in force.</param>
/// <param name="Keys">SHA-256 of the canonical list of keys in that state.</param>
/// <param name="Before">Index of the EPOCH_OPENED before this one; null for the first.</param>
/// <param name="State">Digest of the whole folded state (<c>spec/state.md</c>).</param>
/// <param name="Index">The fields of the entries since the epoch before began; null in ledgers of before there were maps.</param>
public sealed record EpochOpened(
    long Epoch,
    TreeHead Root,
    GovRef Gov,
    PolicyPin Policy,
    Digest Keys,
    long? Before,
    Digest State,
    EpochFields? Index
)
{
    private const string NonceLabel = "tessrax/epoch/v1\n";

    /// <summary>Reads the control member of an EPOCH_OPENED body.</summary>
    /// <param name="body">The body.</param>
    /// <param name="hasher">The ledger's: roots are written with its name.</param>
    /// <exception cref="TessraxException">TSX1007 to TSX1014: not of that form.</exception>
    public static EpochOpened Read(EntryBody body, TreeHasher hasher)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentNullException.ThrowIfNull(hasher);
        if (body.Control is not { } control)
            throw ErrorCodes.MissingMember.Because("EPOCH_OPENED has no control member");
        var reader = new ObjectReader(control, "$.body.control");
        if (!hasher.TryParse(reader.String("root"), out Digest root))
            throw reader.Fault("root", $"must be {hasher.Engine.Name}: and 64 lowercase hex digits");
        ObjectReader gov = reader.Object("gov");
        var opened = new EpochOpened(
            reader.Integer("epoch", 1),
            new TreeHead(reader.Integer("size", 1), root),
            new GovRef(gov.Integer("n", 1), gov.Digest("digest")),
            PolicyPin.FromJson(reader.Required("policy"), "$.body.control.policy"),
            reader.Digest("keys"),
            reader.Required("before").Kind == JsonKind.Null ? null : reader.Integer("before", 1),
            reader.Digest("state"),
            reader.Required("index") is { Kind: not JsonKind.Null } index
                ? EpochFields.FromJson(index, "$.body.control.index")
                : null
        );
        gov.End();
        reader.End();
        return opened;
    }

    /// <summary>The control member.</summary>
    public JsonValue ToControl(TreeHasher hasher)
    {
        ArgumentNullException.ThrowIfNull(hasher);
        return JsonValue.Object(
            ("epoch", Epoch),
            ("size", Root.Size),
            ("root", hasher.Text(Root.Root)),
            ("gov", JsonValue.Object(("n", Gov.Count), ("digest", Gov.Digest.ToString()))),
            ("policy", Policy.ToJson()),
            ("keys", Keys.ToString()),
            ("before", Before is { } index ? index : JsonValue.Null),
            ("state", State.ToString()),
            ("index", Index?.ToJson() ?? JsonValue.Null)
        );
    }

    /// <summary>The whole body: vouched for by the log, valid at its own moment only, with a nonce that follows from its content.</summary>
    /// <param name="before">The governance state of the entries before it.</param>
    /// <param name="recordedAt">The entry's recorded_at.</param>
    public EntryBody ToBody(GovernanceState before, UtcTime recordedAt)
    {
        ArgumentNullException.ThrowIfNull(before);
        JsonValue control = ToControl(before.Hasher);
        return new EntryBody
        {
            Ledger = before.Ledger.ToString(),
            Event = Events.EpochOpened,
            By = new Voucher(
                VoucherKind.Log,
                (before.LogKey ?? throw new ArgumentException("it knows no key of the log", nameof(before))).Id
            ),
            IssuedAt = recordedAt,
            ExpiresAt = recordedAt,
            Nonce = NonceOf(before.Ledger, control),
            Control = control,
        };
    }

    /// <summary>The nonce that follows from a content.</summary>
    internal static string NonceOf(Digest ledger, JsonValue control)
    {
        Digest whole = HashEngine.Sha256.Hash(
            Encoding.ASCII.GetBytes(NonceLabel),
            ledger.Span,
            control.ToCanonicalBytes()
        );
        return Convert.ToBase64String(whole.Span[..EntryBody.NonceBytes]);
    }
}
