using Tessrax.Canonical;

namespace Tessrax.Client;

/// <summary>What the server tells of its ledger and no short proof shows: lists of what waits, of what contradicts itself, and what became of it.</summary>
/// <remarks>Where it names entries, <see cref="LedgerClient.ReceiptAsync"/> and <see cref="LedgerClient.BundleAsync"/> show what those hold; that a list is whole is shown by the whole ledger alone.</remarks>
/// <param name="Value">The document, as the server's <c>openapi.json</c> describes it.</param>
public sealed record ServerWord(JsonValue Value)
{
    /// <summary>Reads it.</summary>
    /// <exception cref="TessraxException">TSX6040: it is not what such an answer is.</exception>
    public T Read<T>(Func<ObjectReader, T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        try
        {
            return read(new ObjectReader(Value));
        }
        catch (TessraxException e) when (e.Code.Class == ErrorClass.Input)
        {
            throw new TessraxException(
                ErrorCodes.AnswerBroken,
                $"the server's answer is malformed: {e.Message}",
                null,
                e
            );
        }
    }
}

/// <summary>A bundle that holds.</summary>
/// <param name="Bytes">The file.</param>
/// <param name="Verdict">What was checked, stage by stage.</param>
public sealed record VerifiedBundle(ReadOnlyMemory<byte> Bytes, Verification.Verdict Verdict);
