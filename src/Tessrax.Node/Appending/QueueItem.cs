using System.Text;
using System.Threading.Tasks.Sources;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Node.Appending;

/// <summary>Something that waits for the sequencer. It is taken once, or cancelled before; whoever changes its state first decides.</summary>
internal abstract class QueueItem
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int Over = 2;

    private int state;

    /// <summary>What it counts for against the limits of the queue.</summary>
    public int Bytes { get; set; }

    /// <summary>The clock's timestamp when it was queued.</summary>
    public long QueuedAt { get; set; }

    /// <summary>Begins to work at it; false if it was given up meanwhile.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref state, Taken, Waiting) == Waiting;

    /// <summary>Gives it up while it waits: it is surely not done.</summary>
    /// <returns>False if it was taken or given up before.</returns>
    public bool TryGiveUp(Exception why)
    {
        bool mine = Interlocked.CompareExchange(ref state, Over, Waiting) == Waiting;
        if (mine)
            Tell(why);
        return mine;
    }

    /// <summary>Tells the caller that it failed after it was taken.</summary>
    public void Fail(Exception why)
    {
        if (TryEnd())
            Tell(why);
    }

    /// <summary>The queue is done with it.</summary>
    public virtual void Release() { }

    /// <summary>Whether the caller may be told: once only.</summary>
    protected bool TryEnd() => Interlocked.CompareExchange(ref state, Over, Taken) == Taken;

    protected void Reset() => Volatile.Write(ref state, Waiting);

    protected abstract void Tell(Exception why);
}

/// <summary>Work on the writer itself, done between two batches.</summary>
internal abstract class WorkItem(string name) : QueueItem
{
    /// <summary>How messages name it.</summary>
    public string Name => name;

    public abstract void Run(LedgerWriter writer);
}

/// <summary>Work with a result.</summary>
internal sealed class WorkItem<T>(string name, Func<LedgerWriter, T> work) : WorkItem(name)
{
    private readonly TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Task => done.Task;

    public CancellationTokenRegistration Cancellation { get; set; }

    public override void Run(LedgerWriter writer)
    {
        T result = work(writer);
        if (TryEnd())
            done.TrySetResult(result);
    }

    public override void Release() => Cancellation.Unregister();

    protected override void Tell(Exception why)
    {
        if (why is OperationCanceledException canceled)
            done.TrySetCanceled(canceled.CancellationToken);
        else
            done.TrySetException(why);
    }
}

/// <summary>One append under way, with its bytes. Used again for another when both its caller and the queue are done with it.</summary>
internal sealed class AppendItem : QueueItem, IValueTaskSource<AppendReceipt>
{
    private const int MostKept = 64 << 10;
    private const int Holders = 2;

    private readonly Spares<AppendItem> home;
    private ManualResetValueTaskSourceCore<AppendReceipt> source = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration cancellation;
    private ManualResetEventSlim? ended;
    private AppendGroup? group;
    private int place;
    private int holders = Holders;
    private byte[] buffer = new byte[2048];
    private int payloadEnd;
    private int bodyEnd;
    private int saltEnd;
    private int end;

    public AppendItem(Spares<AppendItem> home) => this.home = home;

    /// <summary>What its caller awaits.</summary>
    public ValueTask<AppendReceipt> Task => new(this, source.Version);

    /// <summary>Its event's name.</summary>
    public string Event { get; private set; } = "";

    /// <summary>What the fold has to know of it, but for when it is recorded.</summary>
    public OwnEntry Entry { get; private set; }

    /// <summary>Whether the caller chose the nonce, so that it may be a retry.</summary>
    public bool MayRepeat { get; private set; }

    /// <summary>The governance state that its body was judged by.</summary>
    public GovernanceState? JudgedBy { get; private set; }

    /// <summary>Whether the body was made and signed elsewhere: a retry then has the very same one.</summary>
    public bool IsForeign { get; private set; }

    /// <summary>The body's seal; null if it is not sealed.</summary>
    public Seal? Seal { get; private set; }

    /// <summary>When it was recorded, once it has a place.</summary>
    public UtcTime RecordedAt { get; set; }

    /// <summary>The canonical payload.</summary>
    public ReadOnlySpan<byte> Payload => buffer.AsSpan(0, payloadEnd);

    /// <summary>The canonical body.</summary>
    public ReadOnlySpan<byte> Body => buffer.AsSpan(payloadEnd, bodyEnd - payloadEnd);

    public ReadOnlySpan<byte> Salt => buffer.AsSpan(bodyEnd, saltEnd - bodyEnd);

    /// <summary>The author's 64 bytes, or none.</summary>
    public ReadOnlySpan<byte> Signature => buffer.AsSpan(saltEnd, end - saltEnd);

    /// <summary>Takes the bytes of it.</summary>
    public void Take(
        string name,
        in OwnEntry entry,
        bool mayRepeat,
        GovernanceState judgedBy,
        ReadOnlySpan<byte> payload,
        ReadOnlySpan<byte> body,
        ReadOnlySpan<byte> salt,
        ReadOnlySpan<byte> signature
    )
    {
        (Event, Entry, MayRepeat, JudgedBy) = (name, entry, mayRepeat, judgedBy);
        payloadEnd = payload.Length;
        bodyEnd = payloadEnd + body.Length;
        saltEnd = bodyEnd + salt.Length;
        end = saltEnd + signature.Length;
        if (buffer.Length < end)
            buffer = new byte[Math.Max(end, 2 * buffer.Length)];
        payload.CopyTo(buffer);
        body.CopyTo(buffer.AsSpan(payloadEnd));
        salt.CopyTo(buffer.AsSpan(bodyEnd));
        signature.CopyTo(buffer.AsSpan(saltEnd));
    }

    /// <summary>Notes that the body was made and signed elsewhere.</summary>
    public void TakeForeign(Seal? seal) => (IsForeign, Seal) = (true, seal);

    /// <summary>Names the key that the log has by now, if the log is to vouch for it and had another one when it was accepted: nobody has signed the body.</summary>
    public void FollowLog(Digest log)
    {
        if (IsForeign || Entry.By.Kind != VoucherKind.Log || Entry.By.Key == log)
            return;
        // The first member of a body in canonical form, and ids are of one length.
        Span<byte> named = buffer.AsSpan(payloadEnd + VoucherAt.Length, bodyEnd - payloadEnd - VoucherAt.Length);
        if (!Body.StartsWith(VoucherAt))
            throw new InvalidOperationException("a body that does not begin with its voucher");
        Encoding.ASCII.GetBytes(log.ToString(), named);
        Entry = Entry with { By = new Voucher(VoucherKind.Log, log) };
    }

    private static ReadOnlySpan<byte> VoucherAt => "{\"by\":{\"key\":\""u8;

    /// <summary>Lets a token give it up as long as it waits.</summary>
    public void CancelBy(CancellationToken token)
    {
        if (token.CanBeCanceled)
            cancellation = token.UnsafeRegister(
                static (item, canceled) => ((AppendItem)item!).TryGiveUp(new OperationCanceledException(canceled)),
                this
            );
    }

    /// <summary>Its caller waits for a group of appends, and this is so many's in it: it is told to the group, and nobody awaits it alone.</summary>
    public void Join(AppendGroup appends, int ordinal) => (group, place) = (appends, ordinal);

    /// <summary>Its caller will block until it has ended, see <see cref="Wait"/>.</summary>
    public void WillBlock() => ended ??= new ManualResetEventSlim(false, spinCount: 1);

    /// <summary>Blocks until it has ended, which the pipeline's watchdog sees to, and says how.</summary>
    public AppendReceipt Wait()
    {
        ended!.Wait();
        return ((IValueTaskSource<AppendReceipt>)this).GetResult(source.Version);
    }

    /// <summary>Tells the caller that it is durable.</summary>
    public void Complete(in AppendReceipt receipt)
    {
        if (!TryEnd())
            return;
        if (group is { } appends)
        {
            appends.Complete(place, receipt);
            Release();
            return;
        }
        source.SetResult(receipt);
        // The queue holds it still, so it is the same append.
        ended?.Set();
    }

    /// <summary>One of its two holders is done with it.</summary>
    public override void Release()
    {
        if (Interlocked.Decrement(ref holders) > 0)
            return;
        source.Reset();
        ended?.Reset();
        holders = Holders;
        (IsForeign, Seal, JudgedBy, Event, MayRepeat, group) = (false, null, null, "", false, null);
        payloadEnd = bodyEnd = saltEnd = end = 0;
        if (buffer.Length > MostKept)
            buffer = new byte[2048];
        Reset();
        home.Return(this);
    }

    /// <summary>Nobody holds it: it was never queued, and its caller has been told otherwise.</summary>
    public void Discard()
    {
        cancellation.Dispose();
        cancellation = default;
        holders = 1;
        Release();
    }

    /// <summary>The nonce in base64.</summary>
    public string NonceText()
    {
        Span<byte> bytes = stackalloc byte[EntryBody.NonceBytes];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, Entry.Nonce);
        return Convert.ToBase64String(bytes);
    }

    AppendReceipt IValueTaskSource<AppendReceipt>.GetResult(short token)
    {
        // Asked too early or twice: the item may be another caller's by now, and stays as it is.
        if (source.GetStatus(token) == ValueTaskSourceStatus.Pending)
            throw new InvalidOperationException("the append is not done yet");
        try
        {
            // After this, no cancellation can be under way.
            cancellation.Dispose();
            cancellation = default;
            return source.GetResult(token);
        }
        finally
        {
            Release();
        }
    }

    ValueTaskSourceStatus IValueTaskSource<AppendReceipt>.GetStatus(short token) => source.GetStatus(token);

    void IValueTaskSource<AppendReceipt>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => source.OnCompleted(continuation, state, token, flags);

    protected override void Tell(Exception why)
    {
        if (group is { } appends)
        {
            appends.Fail(why);
            Release();
            return;
        }
        source.SetException(why);
        ended?.Set();
    }
}

/// <summary>Objects that nobody uses at the moment, at most so many.</summary>
internal sealed class Spares<T>(int most)
    where T : class
{
    private readonly System.Collections.Concurrent.ConcurrentQueue<T> kept = new();
    private int count;

    public T? Rent()
    {
        if (!kept.TryDequeue(out T? found))
            return null;
        Interlocked.Decrement(ref count);
        return found;
    }

    public void Return(T spare)
    {
        if (Interlocked.Increment(ref count) <= most)
            kept.Enqueue(spare);
        else
            Interlocked.Decrement(ref count);
    }
}
