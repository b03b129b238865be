namespace Tessrax.Node.Appending;

/// <summary>Appends that one caller made with one call, and awaits together.</summary>
/// <remarks>Its appends are told of from several threads; the last one wakes the caller.</remarks>
internal sealed class AppendGroup(int count)
{
    private readonly TaskCompletionSource<AppendReceipt[]> done = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly AppendReceipt[] receipts = new AppendReceipt[count];
    private Exception? failure;
    private int failed;
    private int left = count;

    /// <summary>What the caller awaits.</summary>
    public Task<AppendReceipt[]> Task => done.Task;

    /// <summary>The append of this number is durable.</summary>
    public void Complete(int place, in AppendReceipt receipt)
    {
        receipts[place] = receipt;
        EndOne();
    }

    /// <summary>One is not, or nobody knows.</summary>
    public void Fail(Exception why)
    {
        lock (receipts)
        {
            // What is said of the whole is the worst that is true of a part: an unknown outcome outweighs a refusal.
            if (failure is null || (!IsUnknown(failure) && IsUnknown(why)))
                failure = why;
            failed++;
        }
        EndOne();
    }

    private static bool IsUnknown(Exception why) =>
        why is TessraxException { Code: var code } && code == ErrorCodes.OutcomeUnknown;

    private void EndOne()
    {
        if (Interlocked.Decrement(ref left) > 0)
            return;
        if (failure is { } why)
            done.SetException(Whole(why));
        else
            done.SetResult(receipts);
    }

    private Exception Whole(Exception why)
    {
        if (why is not TessraxException e || failed == receipts.Length)
            return why;
        return new TessraxException(
            ErrorCodes.PartlyAppended,
            $"{receipts.Length - failed} of {receipts.Length} appends are durable; of another: {e.Message}",
            null,
            e
        )
        {
            Token = e.Token,
        };
    }
}
