using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Client;
using Tessrax.Ledger;
using Tessrax.Node.Transactions;

namespace Tessrax.Cli.Commands.Transactions;

/// <summary>Receipts in two phases at a server. What waits is in no tree: all that is told of it is the server's word, until it is committed.</summary>
internal sealed class RemoteTransactions(CliContext context, RemoteLedger there)
{
    public TransactionStatus Prepare(OwnAppend what, string? expires, string? idempotencyKey) =>
        Read(RemoteLedger.Await(there.Client.PrepareAsync(what, expires, idempotencyKey, context.Cancellation)).Value);

    public VerifiedReceipt Commit(TransactionToken token) =>
        RemoteLedger.Await(there.Client.CommitAsync(token, context.Cancellation));

    public TransactionStatus Abort(TransactionToken token) =>
        Read(RemoteLedger.Await(there.Client.AbortAsync(token, context.Cancellation)).Value);

    public TransactionStatus Ask(TransactionToken token) => Read(there.Tell($"v1/transactions/{token}").Value);

    public IReadOnlyList<TransactionStatus> Undecided() =>
        [.. there.Tell("v1/transactions").Read(told => told.Array("transactions")).Select(one => Read(one.Value))];

    private static TransactionStatus Read(JsonValue told) =>
        new ServerWord(told).Read(reader =>
        {
            TransactionToken token =
                TransactionToken.TryParse(reader.String("token")) ?? throw reader.Fault("token", "must be a token");
            string state = reader.String("state");
            return new TransactionStatus(token, StateOf(state))
            {
                IsDamaged = state == "damaged",
                Event = reader.OptionalString("event"),
                PreparedAt = Time(reader, "prepared_at"),
                ExpiresAt = Time(reader, "expires_at"),
                DecidedAt = Time(reader, "decided_at"),
                Index = reader.Optional("index") is null ? null : reader.Integer("index"),
            };
        });

    private static TransactionState? StateOf(string text) =>
        Enum.GetValues<TransactionState>()
            .Select(state => (TransactionState?)state)
            .FirstOrDefault(state => TransactionRecord.TextOf(state!.Value) == text);

    private static UtcTime? Time(ObjectReader reader, string name) =>
        reader.Optional(name) is null ? null : reader.Time(name);
}
