using System.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Merkle;
using Tessrax.Node.Serving;
using Tessrax.Server.Access;

namespace Tessrax.Server.Api;

/// <summary>Proofs in the ledger's tree.</summary>
internal static class ProofRoutes
{
    private const string TextType = "text/plain; charset=utf-8";

    public static IEnumerable<ApiRoute> All { get; } =
    [
        new ApiRoute("GET", "/v1/proofs/inclusion", Role.Reader, Inclusion)
        {
            Summary = "That an entry is in the tree of a size",
            Answer = "inclusion-proof",
            Cache = CacheRule.Fresh,
            Query =
            [
                ApiParameter.Integer("index", "the entry", 0, QueryText.MaxInteger) with
                {
                    IsRequired = true,
                },
                ReceiptRoutes.Size,
            ],
            Errors = [ErrorCodes.NoSuchEntry],
        },
        new ApiRoute("GET", "/v1/proofs/consistency", Role.Reader, Consistency)
        {
            Summary = "That the tree of one size extends the tree of a smaller one",
            Answer = "consistency-proof",
            Cache = CacheRule.Fresh,
            Query =
            [
                ApiParameter.Integer("from", "the smaller size", 1, QueryText.MaxInteger) with
                {
                    IsRequired = true,
                },
                ApiParameter.Integer(
                    "to",
                    "the larger size; the newest checkpoint's if left out",
                    1,
                    QueryText.MaxInteger
                ),
            ],
            Errors = [ErrorCodes.NoSuchEntry],
        },
        new ApiRoute("GET", "/v1/proofs/tlog/{index}", Role.Reader, Tlog)
        {
            Summary =
                "A C2SP tlog-proof: that an entry is in the newest checkpoint, in one text for anybody's verifier",
            AnswerTypes = [TextType],
            Cache = CacheRule.Fresh,
            Errors = [ErrorCodes.NoSuchEntry],
        },
    ];

    private static ValueTask<ApiAnswer> Inclusion(ApiCall call)
    {
        long index = call.Query.Integer("index");
        long? asked = call.Query.OptionalInteger("size");
        using Lease<LedgerMoment> lease = call.Ledger.Moment(Math.Max(index + 1, asked ?? 0));
        LedgerMoment moment = lease.Value;
        long size = ReceiptRoutes.SizeFor(moment, asked, index);
        Digest root = RootOf(moment, size);
        Digest[] path = InclusionProof.Prove(moment.Glance.Tree, size, index, moment.Hasher);
        byte[] proof = Write(
            index,
            size,
            moment.Hasher.Text(root),
            moment.Hasher.Text(moment.Glance.Tree.Leaf(index)),
            path
        );
        return new(
            new BytesAnswer(proof, BodyLimit.Json)
            {
                Size = moment.Size,
                Cache = CacheOf(asked),
                ETag = VersionOf(size, root),
            }
        );
    }

    // In canonical form, as every answer; written straight, since whoever mirrors a log asks for little else.
    private static byte[] Write(long index, long size, string root, string leaf, Digest[] path)
    {
        var text = new StringBuilder(256 + path.Length * 48);
        text.Append(null, $"{{\"index\":{index},\"leaf_hash\":\"{leaf}\",\"proof\":[");
        for (int i = 0; i < path.Length; i++)
            text.Append(i == 0 ? "\"" : ",\"").Append(path[i].ToBase64()).Append('"');
        text.Append(null, $"],\"root\":\"{root}\",\"size\":{size}}}");
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static ValueTask<ApiAnswer> Consistency(ApiCall call)
    {
        long from = call.Query.Integer("from");
        long? asked = call.Query.OptionalInteger("to");
        if (from > asked)
            throw ErrorCodes.RequestRefused.Because(
                $"from={from} is larger than to={asked}: a consistency proof leads from a size to a later one"
            );
        using Lease<LedgerMoment> lease = call.Ledger.Moment(Math.Max(from, asked ?? 0));
        LedgerMoment moment = lease.Value;
        long to = asked ?? moment.Size;
        if (from > to)
            throw ErrorCodes.NoSuchEntry.Because($"the tree has {to} entries so far, and {from} are not there yet");
        _ = ReceiptRoutes.SizeFor(moment, to, 0);
        Digest root = RootOf(moment, to);
        Digest[] path = ConsistencyProof.Prove(moment.Glance.Tree, from, to, moment.Hasher);
        JsonValue proof = JsonValue.Object(
            ("from", JsonValue.Object(("size", from), ("root", moment.Hasher.Text(RootOf(moment, from))))),
            ("to", JsonValue.Object(("size", to), ("root", moment.Hasher.Text(root)))),
            ("proof", ReceiptRoutes.Hashes(path))
        );
        return new(
            new JsonAnswer(proof)
            {
                Size = moment.Size,
                Cache = CacheOf(asked),
                ETag = VersionOf(to, root),
            }
        );
    }

    private static ValueTask<ApiAnswer> Tlog(ApiCall call)
    {
        long index = call.Index("index");
        using Lease<LedgerMoment> lease = call.Ledger.Moment(index + 1);
        LedgerMoment moment = lease.Value;
        _ = ReceiptRoutes.SizeFor(moment, null, index);
        var text = new StringBuilder("c2sp.org/tlog-proof@v1\n", 2048);
        text.Append(null, $"index {index}\n");
        foreach (Digest hash in moment.Glance.Prove(index))
            text.Append(hash.ToBase64()).Append('\n');
        text.Append('\n').Append(moment.Note);
        return new(
            new BytesAnswer(Encoding.UTF8.GetBytes(text.ToString()), TextType)
            {
                Size = moment.Size,
                ETag = moment.Version,
            }
        );
    }

    // What is proven in a tree of a given size never changes.
    private static CacheRule? CacheOf(long? asked) => asked is null ? null : CacheRule.Immutable;

    // The root says as much as a hash of all that is answered, and is there already.
    private static string VersionOf(long size, Digest root) => $"{size}-{root.ToHex()[..16]}";

    private static Digest RootOf(LedgerMoment moment, long size) =>
        size == moment.Size ? moment.Says.Head.Root : moment.Glance.Tree.RootAt(size);
}
