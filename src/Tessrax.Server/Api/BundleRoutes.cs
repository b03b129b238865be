using Tessrax.Node.Reading;
using Tessrax.Node.Serving;
using Tessrax.Server.Access;

namespace Tessrax.Server.Api;

/// <summary>Bundles: one file that proves an entry to a stranger, offline.</summary>
internal static class BundleRoutes
{
    public static IEnumerable<ApiRoute> All { get; } =
    [
        new ApiRoute("GET", "/v1/bundles/{index}", Role.Reader, Bundle)
        {
            Summary =
                "A bundle that proves an entry with all that it rests on. Making one folds the ledger: two are made at once, others are told to come again",
            Answer = "bundle",
            Cache = CacheRule.Fresh,
            Errors = [ErrorCodes.NoSuchEntry, ErrorCodes.Damaged, ErrorCodes.Overloaded],
        },
    ];

    private static ValueTask<ApiAnswer> Bundle(ApiCall call)
    {
        long index = call.Index("index");
        long size;
        using (Lease<LedgerMoment> lease = call.Ledger.Moment(index + 1))
        {
            size = lease.Value.Size;
            lease.Value.Glance.Require(index);
        }
        ReadOnlyMemory<byte> bytes = call.Get<BundleShelf>().Get(index, size, () => Make(call, index));
        return new(
            new BytesAnswer(bytes, BodyLimit.Json)
            {
                Size = size,
                Headers =
                [
                    (
                        "Content-Disposition",
                        string.Create(null, $"attachment; filename=\"entry-{index}.tessrax.json\"")
                    ),
                ],
            }
        );
    }

    // A view of its own, so that nobody who asks the folded one waits meanwhile.
    private static byte[] Make(ApiCall call, long index)
    {
        using LedgerView view = LedgerView.Open(call.Ledger.Directory.Path, call.Environment.Disk);
        return BundleMaker.Make(view, index, call.Environment).ToBytes();
    }
}
