using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Search;
using Tessrax.Node.Segments;
using Tessrax.Verification;
using Tessrax.Verification.Search;

namespace Tessrax.Cli.Inspection;

/// <summary>The bounds that whoever feeds or asks this program may run into.</summary>
internal static class LimitFacts
{
    public static Section All() =>
        new(
            "limits",
            "Limits",
            [
                // More than JSON has numbers for.
                new("entries_of_a_tree", Frontier.MaxSize.ToString(CultureInfo.InvariantCulture)),
                new("entries_of_a_segment_and_an_epoch", SegmentFormat.EntriesPerSegment),
                new("entry_bytes", FactValue.Bytes(Entry.MaxBytes)),
                new("body_bytes", FactValue.Bytes(EntryBody.MaxBytes)),
                new("payload_bytes", FactValue.Bytes(Receipt.MaxPayloadBytes)),
                new("json_depth", JsonValue.MaxDepth),
                new("claim_bytes", FactValue.Bytes(Claim.MaxBytes)),
                new("claims_of_an_entry", ClaimsRecorded.MaxClaims),
                new("evidence_of_a_claim", Claim.MaxEvidence),
                new("digits_of_a_number", ExactDecimal.MaxDigits),
                new("policy_bytes", FactValue.Bytes(Policy.MaxBytes)),
                new("policy_bytes_at_genesis", FactValue.Bytes(Genesis.MaxPolicyBytes)),
                new("approvals_of_an_entry", Approval.MaxCount),
                new("keys_of_a_change", ApproversChanged.MaxKeys),
                new("signatures_of_a_checkpoint", SignedNote.MaxSignatures),
                new("bundle_bytes", FactValue.Bytes(Bundle.MaxBytes)),
                new("fraud_proof_bytes", FactValue.Bytes(FraudProof.MaxBytes)),
                new("query_bytes", FactValue.Bytes(Query.MaxBytes)),
                new("terms_of_a_query", Query.MaxTerms),
                new("words_of_a_prefix", Query.MaxExpansions),
                new("words_of_an_entry", TextWords.MaxWords),
                new("hits_of_a_page", SearchRequest.MaxLimit),
                new("hits_counted", Searcher.MostCounted),
                new("entries_searched_without_an_index", Searcher.MostScanned),
                new("entries_searched_behind_an_index", Searcher.MostBehind),
                new("input_bytes", FactValue.Bytes(CliContext.InputLimit)),
            ]
        );
}
