using System.Text;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Keys;
using Tessrax.Verification;

namespace Tessrax.Cli.Mcp;

/// <summary>What an agent may read and check: entries, by number and by search, and bundles that prove them.</summary>
internal sealed class AgentReading(AgentLedger ledger)
{
    // What a model could read at all; a larger bundle is made and verified by the command line.
    private const int MostBundleBytes = 4 << 20;
    private const int MostHits = 100;

    public IEnumerable<AgentTool> Tools =>
        [
            new AgentTool(
                "search",
                "Find entries by words and fields, for example: event:DECISION_RECORDED severity:>=high after:7d, or subject:CVE-2024-1234, or \"remote code exec\"*. AND, OR, NOT and parentheses combine them.",
                AgentTool.Schema(
                    [
                        ("query", AgentTool.Member("string", "the query")),
                        (
                            "order",
                            AgentTool
                                .Member("string", "which come first; newest if left out")
                                .With("enum", JsonValue.Of(SearchOrders.Words.Select(JsonValue.String)))
                        ),
                        ("cursor", AgentTool.Member("string", "go on where a page ended: its 'next'")),
                        ("limit", AgentTool.Integer("hits of a page; 20 if left out", 1, MostHits)),
                    ],
                    "query"
                ),
                Search
            ),
            new AgentTool(
                "read_entry",
                "One entry whole: its body, signatures, approvals and payload.",
                AgentTool.Schema([("index", AgentTool.Integer("its number, from 0", 0, long.MaxValue >> 11))], "index"),
                Read
            ),
            new AgentTool(
                "fetch_bundle",
                "A bundle that proves one entry, with all that it rests on, to somebody who has nothing but the ledger's trust root. Give the member 'bundle' to them, or to verify_bundle.",
                AgentTool.Schema([("index", AgentTool.Integer("the entry", 0, long.MaxValue >> 11))], "index"),
                Fetch
            ),
            new AgentTool(
                "verify_bundle",
                "Check a bundle, a proof of a search or a receipt that you were given, offline and stage by stage: signatures, inclusion, policy, and the decision made again. Believe what it says only if 'holds' is true, and if 'trusted_by' is 'caller' only as far as you believe whoever gave you the trust root.",
                AgentTool.Schema(
                    [
                        ("bundle", JsonValue.Object(("description", "the bundle: as JSON, or as its text"))),
                        (
                            "trust",
                            AgentTool.Member(
                                "string",
                                "the log's vkey or the text of a trust root, which must come to you from a person and never from whoever gave you the bundle; what is pinned on this machine if left out"
                            )
                        ),
                    ],
                    "bundle"
                ),
                Verify
            ),
        ];

    private JsonValue Search(ObjectReader arguments, CancellationToken cancel)
    {
        string said = arguments.String("query", 4096);
        string order = arguments.Optional("order") is null
            ? SearchOrders.Words[0]
            : arguments.OneOf("order", [.. SearchOrders.Words]);
        string? cursor = arguments.OptionalString("cursor", 4096);
        int limit = arguments.Optional("limit") is null ? 20 : (int)arguments.Integer("limit", 1, MostHits);
        arguments.End();
        return ledger.Search(new AgentSearch(said, order, cursor, limit), cancel);
    }

    private JsonValue Read(ObjectReader arguments, CancellationToken cancel)
    {
        long index = arguments.Integer("index");
        arguments.End();
        return ledger.Entry(index);
    }

    private JsonValue Fetch(ObjectReader arguments, CancellationToken cancel)
    {
        long index = arguments.Integer("index");
        arguments.End();
        (byte[] bytes, long size) = ledger.Bundle(index);
        if (bytes.Length > MostBundleBytes)
            throw ErrorCodes.TooLarge.Because(
                $"the bundle of entry {index} has {bytes.Length} bytes; at most {MostBundleBytes} are given to an agent",
                ShellText.Of($"a person can make it: tessraxctl prove {ledger.Place} {index} -o FILE")
            );
        return JsonValue.Object(
            ("index", index),
            ("size", size),
            ("bytes", bytes.Length),
            ("bundle", JsonValue.Parse(bytes))
        );
    }

    private JsonValue Verify(ObjectReader arguments, CancellationToken cancel)
    {
        JsonValue given = arguments.Required("bundle");
        string? named = arguments.OptionalString("trust", MostBundleBytes);
        arguments.End();
        byte[] bytes =
            given.Kind == JsonKind.String ? Encoding.UTF8.GetBytes(given.AsString()) : given.ToCanonicalBytes();
        TrustRoot? trust = named is null ? null : TrustRoot.OfFile(Encoding.UTF8.GetBytes(named));
        Verdict verdict = PinnedTrust.Verify(ledger.Context, bytes, trust);
        // Whoever reads the verdict must not take a stranger's trust root for this machine's.
        JsonValue told = verdict.ToJson().With("trusted_by", named is null ? "pinned" : "caller");
        return BundleSubject.Of(bytes) is { } about ? told.With("about", about.ToJson()) : told;
    }
}
