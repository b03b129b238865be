using Tessrax.Canonical;
using Tessrax.Hashing;

namespace Tessrax.Contradictions;

/// <summary>Where recorded claims came from.</summary>
/// <param name="File">The file's name without its directory, or null if it had none.</param>
/// <param name="Digest">SHA-256 of the whole input.</param>
public sealed record ClaimsInput(string? File, Digest Digest);

/// <summary>The payload of CLAIMS_RECORDED: 1 to 256 claims, in the order in which they were read.</summary>
public sealed record ClaimsRecorded
{
    /// <summary>The most claims in one entry.</summary>
    public const int MaxClaims = 256;

    /// <summary>How far a claim's timestamp may lie ahead of the entry that records it: feeds that date by the day are a day ahead somewhere.</summary>
    public static readonly TimeSpan MaxAhead = TimeSpan.FromDays(1);

    private readonly Claim[] claims;

    /// <exception cref="ArgumentException">No claims, more than 256, or two with one id; or a file with a directory.</exception>
    public ClaimsRecorded(IEnumerable<Claim> claims, ClaimsInput? input = null)
    {
        this.claims = [.. claims];
        Input = input;
        if (this.claims.Length is 0 or > MaxClaims)
            throw new ArgumentException($"must be 1 to {MaxClaims}", nameof(claims));
        if (!HaveOwnIds(this.claims))
            throw new ArgumentException("two claims have one id", nameof(claims));
        if (input?.File is { } file && !IsFileName(file))
            throw new ArgumentException("the file must be named without its directory", nameof(input));
    }

    public IReadOnlyList<Claim> Claims => claims;

    public ClaimsInput? Input { get; }

    /// <summary>Reads the payload.</summary>
    /// <exception cref="TessraxException">TSX1006 to TSX1010: another form; TSX1013: two claims have one id.</exception>
    public static ClaimsRecorded FromJson(JsonValue json, string path = "$")
    {
        var reader = new ObjectReader(json, path);
        List<(JsonValue Value, string Path)> items = reader.Array("claims", MaxClaims);
        if (items.Count == 0)
            throw reader.Fault("claims", "must have at least one item");
        Claim[] claims = [.. items.Select(item => Claim.FromJson(item.Value, item.Path))];
        if (!HaveOwnIds(claims))
            throw new TessraxException(ErrorCodes.ClaimIdReused, $"{path}.claims has two claims of one id")
            {
                Path = $"{path}.claims",
            };
        ClaimsInput? input = reader.Optional("input") is null ? null : ReadInput(reader.Object("input"));
        reader.End();
        return new ClaimsRecorded(claims, input);
    }

    public JsonValue ToJson() =>
        JsonValue.Object(
            ("claims", JsonValue.Of(claims.Select(c => c.ToJson()))),
            (
                "input",
                Input is null
                    ? null
                    : JsonValue.Object(
                        ("file", Input.File is null ? null : (JsonValue)Input.File),
                        ("digest", Input.Digest.ToString())
                    )
            )
        );

    public bool Equals(ClaimsRecorded? other) =>
        other is not null && Input == other.Input && claims.AsSpan().SequenceEqual(other.claims);

    public override int GetHashCode() => claims[0].GetHashCode();

    private static ClaimsInput ReadInput(ObjectReader reader)
    {
        string? file = ClaimText.OptionalName(reader, "file");
        if (file is not null && !IsFileName(file))
            throw reader.Fault("file", "must be a file's name without its directory");
        Digest digest = reader.Digest("digest");
        reader.End();
        return new ClaimsInput(file, digest);
    }

    private static bool HaveOwnIds(Claim[] claims) =>
        claims.Select(c => c.ClaimId).Distinct(StringComparer.Ordinal).Count() == claims.Length;

    // A directory in a ledger would tell strangers about somebody's machine.
    private static bool IsFileName(string file) => file.Length > 0 && !file.AsSpan().ContainsAny('/', '\\');
}
