using Tessrax.Canonical;
using Tessrax.Ledger;

namespace Tessrax.Client;

// Receipts in two phases (spec/transactions.md). What is not committed is in no tree, so that nothing proves it.
public sealed partial class LedgerClient
{
    /// <summary>Makes an event durable and undecided at the server.</summary>
    /// <param name="what">The event.</param>
    /// <param name="expires">How long it waits for its decision, as <c>PT10M</c>; null for what the server takes.</param>
    /// <param name="idempotencyKey">As for <see cref="AppendAsync(OwnAppend, string?, CancellationToken)"/>.</param>
    /// <param name="cancel">Gives up waiting.</param>
    /// <returns>Its <c>token</c>, its <c>state</c>, and until when it waits.</returns>
    /// <exception cref="TessraxException">TSX6008: there is no access key; TSX6040: the token is of another request; the server's own: it refused.</exception>
    public async ValueTask<ServerWord> PrepareAsync(
        OwnAppend what,
        string? expires = null,
        string? idempotencyKey = null,
        CancellationToken cancel = default
    )
    {
        ArgumentNullException.ThrowIfNull(what);
        JsonValue body = what.ToJson();
        if (expires is not null)
            body = body.With("expires", expires);
        string key = idempotencyKey ?? NewKey();
        var told = new ServerWord(await PostAsync("v1/transactions", body, key, cancel).ConfigureAwait(false));
        string token = told.Read(reader => reader.String("token"));
        return token == TransactionToken.OfNonce(signer!.NonceOf(key, null)).ToString()
            ? told
            : throw ErrorCodes.AnswerBroken.Because($"the token {token} is not the one of what was asked for");
    }

    /// <summary>Appends what was prepared; done again, it gives the same entry.</summary>
    /// <returns>The entry, which is the one that has the token's nonce.</returns>
    /// <exception cref="TessraxException">TSX6008: there is no access key; TSX6040: the answer does not hold; the server's own: it refused.</exception>
    public async ValueTask<VerifiedReceipt> CommitAsync(TransactionToken token, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(token);
        ServerWord told = await DecideAsync(token, "commit", cancel).ConfigureAwait(false);
        long index = told.Read(reader => reader.Integer("index"));
        VerifiedReceipt receipt = await NamedReceiptAsync(index, cancel).ConfigureAwait(false);
        return receipt.Receipt.Entry.Body.Nonce == token.Nonce
            ? receipt
            : throw ErrorCodes.AnswerBroken.Because($"entry {index} is not what {token} was prepared for");
    }

    /// <summary>Gives up what was prepared, for good; done again, it changes nothing.</summary>
    /// <exception cref="TessraxException">TSX6008: there is no access key; the server's own: it refused.</exception>
    public ValueTask<ServerWord> AbortAsync(TransactionToken token, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(token);
        return DecideAsync(token, "abort", cancel);
    }

    private async ValueTask<ServerWord> DecideAsync(TransactionToken token, string what, CancellationToken cancel)
    {
        RequireKey();
        var asking = new Asking(HttpMethod.Post, $"v1/transactions/{token}/{what}") { MayRepeat = true };
        return new ServerWord((await transport.SendAsync(asking, cancel).ConfigureAwait(false)).Json());
    }
}
