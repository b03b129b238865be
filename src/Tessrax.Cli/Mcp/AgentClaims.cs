using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Hashing;
using Tessrax.Node.Appending;

namespace Tessrax.Cli.Mcp;

/// <summary>What an agent may record: claims of its own. Whatever follows from them, the policy decides, or people do.</summary>
internal sealed class AgentClaims(AgentLedger ledger)
{
    private const int MostClaims = 1000;

    // Hex digits of a claim's digest in the id that it gets if it comes without one.
    private const int IdDigits = 16;

    public AgentTool Submit =>
        new(
            "submit_claims",
            $"Record claims of yours, under the source '{ledger.Source}'. Contradictions with what others claimed are detected, and decided by the ledger's policy; what the policy leaves to people waits for their approvals, which you cannot give. All are recorded, or none; one that is on record is skipped. Returns what is decided now of each subject and metric.",
            AgentTool.Schema(
                [
                    (
                        "claims",
                        JsonValue.Object(
                            ("type", "array"),
                            ("minItems", 1),
                            ("maxItems", MostClaims),
                            ("items", ClaimSchema())
                        )
                    ),
                ],
                "claims"
            ),
            Record
        )
        {
            Writes = true,
        };

    private JsonValue ClaimSchema() =>
        AgentTool.Schema(
            [
                ("subject", AgentTool.Member("string", "what the claim is about, for example CVE-2024-1234")),
                ("metric", AgentTool.Member("string", "which property of it, for example cvss_v3_base_score")),
                ("value", JsonValue.Object(("description", "what you claim it is: a number, a text, true or false"))),
                ("unit", AgentTool.Member("string", "the unit of a number, if it has one")),
                ("timestamp", AgentTool.Member("string", "when it was so, RFC 3339 in UTC; now if left out")),
                ("claim_id", AgentTool.Member("string", "a name of yours for the claim; made of it if left out")),
                ("source", AgentTool.Member("string", $"'{ledger.Source}', or left out")),
                ("evidence", JsonValue.Object(("description", "links or digests of what shows it: a text, or a list"))),
                ("context", AgentTool.Member("object", "whatever else belongs to it: your reasons, model, prompt")),
            ],
            "subject",
            "metric",
            "value"
        );

    private JsonValue Record(ObjectReader arguments, CancellationToken cancel)
    {
        UtcTime now = ledger.Now;
        ClaimLine[] lines =
        [
            .. arguments
                .Array("claims", MostClaims)
                .Index()
                .Select(one => new ClaimLine(one.Index + 1, Read(one.Item.Value, one.Item.Path, now))),
        ];
        arguments.End();
        if (lines.Length == 0)
            throw arguments.Fault("claims", "must hold a claim");
        return ledger
            .Record(new ClaimFile("claims", lines), cancel)
            .With("claim_ids", JsonValue.Of(lines.Select(line => JsonValue.String(line.Claim.ClaimId))));
    }

    private Claim Read(JsonValue given, string path, UtcTime now)
    {
        var reader = new ObjectReader(given, path);
        // Policies follow some sources before others: whoever could choose whom to speak for would decide.
        if (reader.OptionalString("source") is { } named && named != ledger.Source)
            throw reader.Fault("source", $"must be '{ledger.Source}': an agent speaks for itself alone");
        JsonValue whole = given.With("source", ledger.Source);
        if (given["timestamp"] is null)
            whole = whole.With("timestamp", now.ToString());
        if (given["claim_id"] is null)
            whole = whole.With(
                "claim_id",
                $"{ledger.Source}-{HashEngine.Sha256.Hash(whole.ToCanonicalBytes()).ToHex()[..IdDigits]}"
            );
        return Claim.Ingest(whole, path);
    }
}
