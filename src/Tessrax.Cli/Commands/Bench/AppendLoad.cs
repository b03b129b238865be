using System.Buffers.Text;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node.Appending;

namespace Tessrax.Cli.Commands.Bench;

/// <summary>What a load did.</summary>
/// <param name="Count">Appends acknowledged.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Bytes">Bytes that the ledger's segments and the disk's confirmations were busy with: leaves, payloads, salts.</param>
/// <param name="Cpu">Processor time that the whole process took, clients included.</param>
/// <param name="Micros">How long each append took, from call to acknowledgement; sorted.</param>
internal sealed record LoadResult(int Count, double Seconds, long Bytes, TimeSpan Cpu, double[] Micros)
{
    public double Rate => Count / Seconds;

    public double At(double part) => Micros[(int)Math.Round(part * (Micros.Length - 1))];
}

/// <summary>Clients of a pipeline, each of which appends one receipt after another and waits for each.</summary>
internal sealed class AppendLoad(CliContext context, LedgerPipeline pipeline, int payloadBytes)
{
    private const string Name = "x-bench";
    private const int Digits = 10;

    // An entry beside its payload: leaf, salt and lengths, about.
    private const int EntryOverhead = 780;

    /// <summary>So many clients for so long; the payloads are of the size that was asked for.</summary>
    public Task<LoadResult> Run(int clients, TimeSpan length, VoucherKind by = VoucherKind.Log) =>
        Run(clients, client => Own(client, clients, by), begun => context.Time.GetElapsedTime(begun) < length);

    /// <summary>The same with clients that block, each on a thread of its own, as those of a database do.</summary>
    public LoadResult RunBlocking(int clients, TimeSpan length, VoucherKind by = VoucherKind.Log)
    {
        var times = new List<double>[clients];
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long begun = context.Time.GetTimestamp();
        Thread[] threads = [.. Enumerable.Range(0, clients).Select(client => new Thread(() => Block(client)))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        return Result(times, begun, cpu);

        void Block(int client)
        {
            List<double> mine = times[client] = [];
            Func<OwnDraft> next = Drafts(client, clients, by);
            while (context.Time.GetElapsedTime(begun) < length)
            {
                long start = context.Time.GetTimestamp();
                pipeline.Append(next(), context.Cancellation);
                mine.Add(context.Time.GetElapsedTime(start).TotalMicroseconds);
            }
        }
    }

    /// <summary>So many clients, each of which appends so many receipts with one call and waits for them all.</summary>
    public Task<LoadResult> RunTogether(int clients, int together, TimeSpan length)
    {
        return RunAll(clients, Append);

        async Task<List<double>> Append(int client, long begun)
        {
            List<double> mine = [];
            // Each place of a call has data of its own: all are under way at once.
            Func<OwnDraft>[] next =
            [
                .. Enumerable
                    .Range(client * together, together)
                    .Select(place => Drafts(place, clients * together, VoucherKind.Log)),
            ];
            var drafts = new OwnDraft[together];
            while (context.Time.GetElapsedTime(begun) < length)
            {
                for (int i = 0; i < together; i++)
                    drafts[i] = next[i]();
                long start = context.Time.GetTimestamp();
                await pipeline.AppendAsync(drafts, context.Cancellation).ConfigureAwait(false);
                mine.AddRange(Enumerable.Repeat(context.Time.GetElapsedTime(start).TotalMicroseconds, together));
            }
            return mine;
        }
    }

    /// <summary>The same with bodies that were signed elsewhere, until all are appended.</summary>
    public Task<LoadResult> RunTogether(int clients, int together, IReadOnlyList<Draft> made)
    {
        SignedDraft[][] calls =
        [
            .. made.Select(draft => new SignedDraft(draft.Prepared!, draft.Payload!)).Chunk(together),
        ];
        int next = -1;
        return RunAll(clients, (_, _) => Append());

        async Task<List<double>> Append()
        {
            List<double> mine = [];
            while (Interlocked.Increment(ref next) is int call && call < calls.Length)
            {
                long start = context.Time.GetTimestamp();
                await pipeline.AppendAsync(calls[call], context.Cancellation).ConfigureAwait(false);
                double micros = context.Time.GetElapsedTime(start).TotalMicroseconds;
                mine.AddRange(Enumerable.Repeat(micros, calls[call].Length));
            }
            return mine;
        }
    }

    /// <summary>So many clients as long as there is one more to append, each of whose receipts is shown.</summary>
    public Task<LoadResult> Run(int clients, Func<bool> another, Action<AppendReceipt> acknowledged) =>
        Run(clients, client => Own(client, clients, VoucherKind.Log), _ => another(), acknowledged);

    /// <summary>Appends bodies that were signed elsewhere, so many at a time.</summary>
    public Task<LoadResult> Run(int clients, IReadOnlyList<Draft> made)
    {
        int next = -1;
        return Run(
            clients,
            _ =>
                cancellation =>
                {
                    int mine = Interlocked.Increment(ref next);
                    return mine < made.Count
                        ? pipeline.AppendAsync(made[mine].Prepared!, made[mine].Payload!, cancellation)
                        : new ValueTask<AppendReceipt>(default(AppendReceipt));
                },
            _ => Volatile.Read(ref next) < made.Count - 1
        );
    }

    /// <summary>Bodies signed by an author, one by one or in batches of 256.</summary>
    public static IReadOnlyList<Draft> Sign(
        LedgerPipeline pipeline,
        PrivateKey author,
        int count,
        bool seal,
        int bytes,
        CliContext context
    )
    {
        Digest ledger = pipeline.Directory.Id;
        UtcTime now = UtcTime.Now(context.Time);
        var made = new Draft[count];
        Parallel.For(
            0,
            (count + SealedBatch.UsualSize - 1) / SealedBatch.UsualSize,
            part =>
            {
                int from = part * SealedBatch.UsualSize;
                int size = Math.Min(SealedBatch.UsualSize, count - from);
                var bodies = new EntryBody[size];
                for (int i = 0; i < size; i++)
                {
                    byte[] data = Data(bytes, out int numberAt);
                    Utf8Formatter.TryFormat(from + i, data.AsSpan(numberAt, Digits), out _, new('D', Digits));
                    FrozenPayload payload = FrozenPayload.Parse([.. "{\"data\":"u8, .. data, (byte)'}']);
                    byte[] salt = context.RandomBytes(Receipt.SaltBytes);
                    bodies[i] = new EntryBody
                    {
                        Ledger = ledger.ToString(),
                        Event = Name,
                        By = new Voucher(seal ? VoucherKind.Seal : VoucherKind.Author, author.PublicKey.Id),
                        IssuedAt = now,
                        ExpiresAt = now + Draft.DefaultValidity,
                        Nonce = Convert.ToBase64String(context.RandomBytes(EntryBody.NonceBytes)),
                        Payload = SignedBytes.CommitmentOf(ledger, salt, payload.Bytes),
                    };
                    string? signature = seal
                        ? null
                        : Convert.ToBase64String(author.Sign(bodies[i].SignedBytes(ledger)));
                    made[from + i] = new Draft
                    {
                        Event = Name,
                        Payload = payload,
                        Prepared = new SignedBody(bodies[i], signature, salt),
                    };
                }
                if (!seal)
                    return;
                IReadOnlyList<Seal> seals = SealedBatch.Sign(ledger, bodies, author);
                for (int i = 0; i < size; i++)
                    made[from + i] = made[from + i] with
                    {
                        Prepared = made[from + i].Prepared! with { Seal = seals[i] },
                    };
            }
        );
        return made;
    }

    private Func<CancellationToken, ValueTask<AppendReceipt>> Own(int client, int clients, VoucherKind by)
    {
        Func<OwnDraft> next = Drafts(client, clients, by);
        return cancellation => pipeline.AppendAsync(next(), cancellation);
    }

    // One client's drafts, each of which is good until the next is asked for.
    private Func<OwnDraft> Drafts(int client, int clients, VoucherKind by)
    {
        byte[] data = Data(payloadBytes, out int numberAt);
        long next = client;
        return () =>
        {
            Utf8Formatter.TryFormat(next, data.AsSpan(numberAt, Digits), out _, new('D', Digits));
            next += clients;
            return new OwnDraft(Name, data, null, by);
        };
    }

    // JSON of about the wished size once it is a payload, with room for a number of ten digits.
    private static byte[] Data(int payload, out int numberAt)
    {
        string begin = "{\"actor\":\"service-7\",\"number\":\"";
        string rest = "\",\"text\":\"";
        int pad = Math.Max(0, payload - "{\"data\":}".Length - begin.Length - Digits - rest.Length - "\"}".Length);
        numberAt = begin.Length;
        return Encoding.ASCII.GetBytes($"{begin}{new string('0', Digits)}{rest}{new string('x', pad)}\"}}");
    }

    private Task<LoadResult> Run(
        int clients,
        Func<int, Func<CancellationToken, ValueTask<AppendReceipt>>> client,
        Func<long, bool> goesOn,
        Action<AppendReceipt>? acknowledged = null
    )
    {
        return RunAll(clients, (number, begun) => AppendAsync(client(number), begun));

        async Task<List<double>> AppendAsync(Func<CancellationToken, ValueTask<AppendReceipt>> append, long begun)
        {
            List<double> mine = [];
            while (goesOn(begun))
            {
                long start = context.Time.GetTimestamp();
                AppendReceipt receipt = await append(context.Cancellation).ConfigureAwait(false);
                if (receipt.Checkpoint is null)
                    break;
                mine.Add(context.Time.GetElapsedTime(start).TotalMicroseconds);
                acknowledged?.Invoke(receipt);
            }
            return mine;
        }
    }

    // Each client on its own; it gives the time that each of its appends took.
    private async Task<LoadResult> RunAll(int clients, Func<int, long, Task<List<double>>> client)
    {
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long begun = context.Time.GetTimestamp();
        List<double>[] times = await Task.WhenAll(
                Enumerable.Range(0, clients).Select(number => Task.Run(() => client(number, begun)))
            )
            .ConfigureAwait(false);
        return Result(times, begun, cpu);
    }

    private LoadResult Result(IEnumerable<List<double>> times, long begun, TimeSpan cpu)
    {
        double seconds = context.Time.GetElapsedTime(begun).TotalSeconds;
        cpu = Environment.CpuUsage.TotalTime - cpu;
        double[] all = [.. times.SelectMany(list => list)];
        Array.Sort(all);
        return new LoadResult(all.Length, seconds, all.LongLength * (payloadBytes + EntryOverhead), cpu, all);
    }
}
