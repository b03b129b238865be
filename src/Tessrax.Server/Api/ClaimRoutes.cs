using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Serving;
using Tessrax.Server.Access;
using Tessrax.Server.Host;

namespace Tessrax.Server.Api;

/// <summary>Claims in; contradictions and decisions out.</summary>
internal static class ClaimRoutes
{
    /// <summary>The most claims in one request.</summary>
    public const int MostClaims = 10_000;

    private const int MostBytes = 8 * 1024 * 1024;
    private const string Lines = "application/x-ndjson";
    private const string Name = "the body";

    // What followed is told one by one, as long as people would read it.
    private const int MostTold = 1000;

    public static IEnumerable<ApiRoute> All { get; } =
    [
        new ApiRoute("POST", "/v1/claims", Role.Submitter, Ingest)
        {
            NeedsWriter = true,
            IsRepeatable = true,
            IsLookedUp = true,
            Summary =
                "Records claims, detects contradictions, decides or proposes. If a claim is not what it should be, none is recorded; claims on record are skipped, so that the same request may be sent again",
            Body = "claims",
            BodyExample = JsonValue.Parse(
                """{"claims":[{"claim_id":"nvd-1","subject":"CVE-2026-1","metric":"cvss_v3_base_score","value":7.5,"timestamp":"2026-01-31T12:00:00Z","source":"nvd"}]}"""u8
            ),
            Answer = "ingested",
            Limit = new BodyLimit(MostBytes, BodyLimit.Json, Lines),
            Errors = [ErrorCodes.ClaimIdReused, ErrorCodes.FromTheFuture, .. ApiRoute.OfWriting],
        },
    ];

    private static async ValueTask<ApiAnswer> Ingest(ApiCall call)
    {
        ClaimFile claims = call.ContentType.Equals(Lines, StringComparison.OrdinalIgnoreCase)
            ? ReadLines(call.Body)
            : ReadArray(call.Json());
        if (claims.Lines.Count is 0 or > MostClaims)
            throw ErrorCodes.BadValue.Because(
                $"{Name} holds {claims.Lines.Count} claims; 1 to {MostClaims} are taken at a time"
            );
        call.Get<LedgerQuota>().Take(call, claims.Lines.Count);
        var told = new Followed();
        IngestResult result = await call.Ledger.IngestAsync(claims, told.Add);
        call.Ledger.Follow(told.Last + 1);
        using Lease<LedgerMoment> lease = call.Ledger.Moment(told.Last + 1);
        return ApiCall.Of(
            lease.Value,
            IngestText
                .ToJson(result)
                .With("followed", JsonValue.Of(told.Entries))
                .With("omitted", told.Omitted)
                .With("root", lease.Value.Hasher.Text(lease.Value.Says.Head.Root))
        );
    }

    private static ClaimFile ReadLines(ReadOnlyMemory<byte> body)
    {
        using var input = new MemoryStream(body.ToArray(), writable: false);
        return ClaimFile.Read(Name, input);
    }

    private static ClaimFile ReadArray(JsonValue body)
    {
        var reader = new ObjectReader(body);
        List<(JsonValue Value, string Path)> items = reader.Array("claims", MostClaims);
        reader.End();
        return new ClaimFile(
            Name,
            [.. items.Select((item, i) => new ClaimLine(i + 1, Claim.Ingest(item.Value, item.Path)))]
        );
    }

    /// <summary>What followed from claims, as far as it is told.</summary>
    private sealed class Followed
    {
        public List<JsonValue> Entries { get; } = [];

        /// <summary>How many more there were.</summary>
        public long Omitted { get; private set; }

        /// <summary>The newest entry; -1 for none.</summary>
        public long Last { get; private set; } = -1;

        public void Add(Receipt receipt)
        {
            Last = receipt.Entry.Index;
            if (receipt.Entry.Body.Event == Events.ClaimsRecorded)
                return;
            if (Entries.Count == MostTold)
                Omitted++;
            else
                Entries.Add(
                    JsonValue.Object(
                        ("index", receipt.Entry.Index),
                        ("event", receipt.Entry.Body.Event),
                        ("summary", ReceiptText.Summary(receipt))
                    )
                );
        }
    }
}
