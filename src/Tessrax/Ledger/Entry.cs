using Tessrax.Canonical;
using Tessrax.Hashing;

namespace Tessrax.Ledger;

/// <summary>Which governance state an entry is judged by.</summary>
/// <param name="Count">Control events before the entry.</param>
/// <param name="Digest">SHA-256(<c>tessrax/gov/v1\n</c> || JCS(S)).</param>
public readonly record struct GovRef(long Count, Digest Digest);

/// <summary>One entry of the log; its canonical bytes are the leaf.</summary>
/// <remarks>
/// At most 65,535 bytes. Example, shortened:
/// <code>{"approvals":[],"body":{…},"epoch":0,"gov":{"digest":"sha256:…","n":1},"index":7,"recorded_at":"2026-01-31T12:00:00.000000Z","sig":"…"}</code>
/// </remarks>
public sealed record Entry
{
    /// <summary>The most bytes of an entry: what a C2SP entry bundle can hold.</summary>
    public const int MaxBytes = 65_535;

    private static readonly byte[] NoApprovals = "[]"u8.ToArray();

    public required EntryBody Body { get; init; }

    /// <summary>The author's 64-byte signature in base64; null for bodies that are sealed or that the log attests.</summary>
    public string? Signature { get; init; }

    /// <summary>The author's signature of a batch that holds the body; null for all but sealed bodies. Stands where the signature would.</summary>
    public Seal? Seal { get; init; }

    public IReadOnlyList<Approval> Approvals { get; init; } = [];

    /// <summary>Somebody's word that it may be recorded here and now; null where the policy asks for none.</summary>
    public FreshnessToken? Token { get; init; }

    /// <summary>Place in the log, from 0.</summary>
    public required long Index { get; init; }

    public required long Epoch { get; init; }

    /// <summary>The log's word for when it accepted the entry; never runs backwards.</summary>
    public required UtcTime RecordedAt { get; init; }

    public required GovRef Gov { get; init; }

    /// <summary>Reads a leaf: bytes that equal their canonical form, no unknown members, all limits kept.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1011.</exception>
    public static Entry Parse(ReadOnlySpan<byte> leaf)
    {
        RequireSize(leaf.Length);
        return OfLeaf(leaf.ToArray());
    }

    /// <summary>Reads a leaf whose bytes the caller will not change: the entry keeps parts of them.</summary>
    internal static Entry OfLeaf(ReadOnlyMemory<byte> leaf)
    {
        RequireSize(leaf.Length);
        JsonValue value = JsonValue.Parse(leaf.Span);
        if (!CanonicalWriter.IsCanonicalOrRefused(leaf.Span))
            throw ErrorCodes.NotCanonical.Because("the entry's bytes are not in canonical form");
        Entry entry = Read(value, "$");
        // Canonical members stand side by side in their order, so that each ends where the name of the next begins.
        long bodyAt = value["body"]!.Offset;
        long bodyEnd = value["epoch"]!.Offset - ",\"epoch\":".Length;
        long approvals = bodyAt - ",\"body\":".Length - value["approvals"]!.Offset;
        entry.Body.Remember(leaf[(int)bodyAt..(int)bodyEnd]);
        entry.CheckSizes((int)approvals);
        return entry;
    }

    /// <summary>Reads an entry that is part of a larger document.</summary>
    public static Entry FromJson(JsonValue value, string path = "$")
    {
        Entry entry = Read(value, path);
        Utf8Buffer buffer = Utf8Buffer.Rent();
        LeafFormat.WriteApprovals(entry.Approvals, buffer);
        int approvals = buffer.Length;
        Utf8Buffer.Return(buffer);
        entry.CheckSizes(approvals);
        return entry;
    }

    private static Entry Read(JsonValue value, string path)
    {
        var reader = new ObjectReader(value, path);
        JsonValue? sig = reader.Optional("sig");
        bool isSeal = sig?.Kind == JsonKind.Object;
        var entry = new Entry
        {
            Body = EntryBody.FromJson(reader.Required("body"), $"{path}.body"),
            Signature = sig is null || isSeal ? null : Convert.ToBase64String(reader.Base64("sig", 64)),
            Seal = isSeal ? Seal.FromJson(sig!, $"{path}.sig") : null,
            Approvals =
            [
                .. reader
                    .Array("approvals", Approval.MaxCount)
                    .Select(item => Approval.FromJson(item.Value, item.Path)),
            ],
            Token = reader.Optional("token") is { } token ? FreshnessToken.FromJson(token, $"{path}.token") : null,
            Index = reader.Integer("index"),
            Epoch = reader.Integer("epoch"),
            RecordedAt = reader.Time("recorded_at"),
            Gov = ReadGov(reader.Object("gov")),
        };
        reader.End();
        return entry;
    }

    public JsonValue ToJson() =>
        JsonValue.Object(
            ("body", Body.ToJson()),
            ("sig", Signature is null ? Seal?.ToJson() : JsonValue.String(Signature)),
            ("approvals", JsonValue.Of(Approvals.Select(a => a.ToJson()))),
            ("token", Token?.ToJson()),
            ("index", Index),
            ("epoch", Epoch),
            ("recorded_at", RecordedAt.ToString()),
            ("gov", JsonValue.Object(("n", Gov.Count), ("digest", Gov.Digest.ToString())))
        );

    /// <summary>The leaf.</summary>
    /// <exception cref="TessraxException">TSX1006: body, approvals or entry over their limits.</exception>
    /// <exception cref="InvalidOperationException">A signature and a seal: there is room for one.</exception>
    public byte[] ToLeaf()
    {
        if (Signature is not null && Seal is not null)
            throw new InvalidOperationException("an entry is signed or sealed, not both");
        ReadOnlySpan<byte> body = Body.Canonical();
        var parts = new EntryParts
        {
            Index = Index,
            Epoch = Epoch,
            RecordedAt = RecordedAt,
            Gov = Gov,
            HasSignature = Signature is not null,
            Signature = Signature,
            Seal = Seal,
            Token = Token,
        };
        Utf8Buffer buffer = Utf8Buffer.Rent();
        LeafFormat.WriteApprovals(Approvals, buffer);
        byte[] approvals = Approvals.Count == 0 ? NoApprovals : buffer.Written.ToArray();
        CheckSizes(approvals.Length);
        buffer.Clear();
        LeafFormat.WriteEntry(parts, body, approvals, buffer);
        RequireSize(buffer.Length);
        byte[] leaf = buffer.Written.ToArray();
        Utf8Buffer.Return(buffer);
        return leaf;
    }

    private static GovRef ReadGov(ObjectReader reader)
    {
        var gov = new GovRef(reader.Integer("n"), reader.Digest("digest"));
        reader.End();
        return gov;
    }

    private static void RequireSize(int entry)
    {
        if (entry > MaxBytes)
            throw ErrorCodes.TooLarge.Because($"an entry of {entry} bytes; at most {MaxBytes} are allowed");
    }

    internal static void RequireBodySize(int body)
    {
        if (body > EntryBody.MaxBytes)
            throw ErrorCodes.TooLarge.Because($"a body of {body} bytes; at most {EntryBody.MaxBytes} are allowed");
    }

    private void CheckSizes(int approvals)
    {
        RequireBodySize(Body.Canonical().Length);
        if (Approvals.Count > Approval.MaxCount)
            throw ErrorCodes.TooLarge.Because($"{Approvals.Count} approvals; at most {Approval.MaxCount} are allowed");
        if (approvals > Approval.MaxBytes)
            throw ErrorCodes.TooLarge.Because(
                $"approvals of {approvals} bytes; at most {Approval.MaxBytes} are allowed"
            );
    }
}
