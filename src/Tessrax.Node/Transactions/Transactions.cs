using Tessrax.Ledger;
using Tessrax.Node.Appending;

namespace Tessrax.Node.Transactions;

/// <summary>Receipts in two phases for many callers at once, through the pipeline that owns the ledger's writer: see <see cref="TransactionDesk"/>.</summary>
/// <remarks>Each step takes its turn among the pipeline's batches and waits for the disk there: it is durable on return, and what others append waits
/// meanwhile. Cancelling counts until the turn comes; after that the outcome is told. Safe for concurrent use.</remarks>
public sealed class Transactions
{
    private readonly LedgerPipeline pipeline;
    private readonly TransactionDesk desk;

    private Transactions(LedgerPipeline pipeline, TransactionDesk desk)
    {
        this.pipeline = pipeline;
        this.desk = desk;
    }

    /// <summary>Why a decision that the ledger took could not be written down as well, if so; the ledger tells it all the same.</summary>
    public TessraxException? Warning => desk.Warning;

    /// <summary>Finishes what a crash left half done, and opens the desk. One for each pipeline.</summary>
    /// <exception cref="TessraxException">TSX3005 to TSX3009: the files cannot be read or written; TSX3023, TSX3024 of the pipeline.</exception>
    public static async Task<Transactions> OpenAsync(
        LedgerPipeline pipeline,
        TransactionOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        TransactionDesk desk = await pipeline
            .RunAsync("opening transactions", writer => new TransactionDesk(writer, options), cancellation)
            .ConfigureAwait(false);
        return new Transactions(pipeline, desk);
    }

    /// <inheritdoc cref="TransactionDesk.Prepare"/>
    public Task<TransactionStatus> PrepareAsync(
        Draft draft,
        TimeSpan? validity = null,
        CancellationToken cancellation = default
    ) => pipeline.RunAsync("preparing a receipt", _ => desk.Prepare(draft, validity), cancellation);

    /// <inheritdoc cref="TransactionDesk.Commit"/>
    public Task<long> CommitAsync(TransactionToken token, CancellationToken cancellation = default) =>
        pipeline.RunAsync("committing a prepared receipt", _ => desk.Commit(token), cancellation);

    /// <summary>The same, with the token that its entry carries.</summary>
    public Task<long> CommitCarryingAsync(
        TransactionToken token,
        FreshnessToken freshness,
        CancellationToken cancellation = default
    ) => pipeline.RunAsync("committing a prepared receipt", _ => desk.Commit(token, freshness), cancellation);

    /// <inheritdoc cref="TransactionDesk.Abort"/>
    public Task AbortAsync(TransactionToken token, CancellationToken cancellation = default) =>
        pipeline.RunAsync(
            "aborting a prepared receipt",
            _ =>
            {
                desk.Abort(token);
                return true;
            },
            cancellation
        );

    /// <inheritdoc cref="TransactionDesk.Ask"/>
    public Task<TransactionStatus> AskAsync(TransactionToken token, CancellationToken cancellation = default) =>
        pipeline.RunAsync("asking for a prepared receipt", _ => desk.Ask(token), cancellation);

    /// <inheritdoc cref="TransactionDesk.Undecided"/>
    public Task<IReadOnlyList<TransactionStatus>> UndecidedAsync(CancellationToken cancellation = default) =>
        pipeline.RunAsync("listing prepared receipts", _ => desk.Undecided(), cancellation);
}
