using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Node.Files;
using Tessrax.Node.Keys;

namespace Tessrax.Node.Simulation;

/// <summary>How an approver of a trial is to be.</summary>
/// <param name="Folder">Its disk: its key, which it draws itself, and its journal.</param>
/// <param name="Name">The name that it goes by.</param>
/// <param name="Skew">How far its clock is off.</param>
/// <param name="Misbehaviour">How it misbehaves; null if it is honest.</param>
/// <param name="Everybody">All names, for those who take others'.</param>
public sealed record ApproverSettings(
    string Folder,
    string Name,
    TimeSpan Skew,
    Misbehaviour? Misbehaviour,
    IReadOnlyList<string> Everybody
);

/// <summary>An approver as a process of its own: answers requests for approval over HTTP on the loopback, until its standard input ends.</summary>
/// <remarks>For trials of a quorum: it makes up its mind by chance, and signs for whoever asks. What it has signed is in its journal before it answers.</remarks>
public sealed class ApproverService : IDisposable
{
    internal const string KeyName = "approver.key";
    internal const string JournalName = "verdicts.jsonl";

    /// <summary>The longest request, in bytes.</summary>
    internal const int MaxRequest = 16 << 20;

    private const int MaxConnections = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ApproverSettings settings;
    private readonly NodeEnvironment environment;
    private readonly PrivateKey key;
    private readonly DiskJournal journal;
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly SemaphoreSlim connections = new(MaxConnections);
    private readonly Lock one = new();

    private ApproverService(ApproverSettings settings, NodeEnvironment environment, PrivateKey key, DiskJournal journal)
    {
        this.settings = settings;
        this.environment = environment;
        this.key = key;
        this.journal = journal;
    }

    /// <summary>Opens an approver's disk, or draws its key on the first start, and listens.</summary>
    /// <exception cref="TessraxException">TSX2001: another passphrase; TSX3005 to TSX3009: the disk failed; TSX1002 and others: the journal is damaged.</exception>
    public static ApproverService Open(
        ApproverSettings settings,
        NodeEnvironment environment,
        ReadOnlySpan<byte> passphrase
    )
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(environment);
        DiskErrors.Writing(settings.Folder, () => environment.Disk.CreateDirectory(settings.Folder));
        string file = Path.Combine(settings.Folder, KeyName);
        // A trial's key, which nobody need guess at: the passphrase is random, and goes with the trial.
        if (!environment.Disk.Exists(file))
            KeyStore.Create(
                file,
                settings.Name,
                KeyPurpose.Approver,
                passphrase,
                environment.Random,
                new KdfCost(1024, 1)
            );
        PrivateKey key = KeyStore.Read(file).Decrypt(passphrase);
        try
        {
            var journal = DiskJournal.Open(Path.Combine(settings.Folder, JournalName), environment.Disk);
            var service = new ApproverService(settings, environment, key, journal);
            service.listener.Start();
            return service;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>What whoever started it is to know: <c>PORT VKEY</c>.</summary>
    public string Greeting =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{((IPEndPoint)listener.LocalEndpoint).Port} {VerifierKey.Create(settings.Name, key.PublicKey)}"
        );

    /// <summary>Answers until it is cancelled, or its journal fails.</summary>
    public async Task ServeAsync(CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Exception? broken = null;
        try
        {
            while (true)
            {
                await connections.WaitAsync(ending.Token).ConfigureAwait(false);
                TcpClient client = await listener.AcceptTcpClientAsync(ending.Token).ConfigureAwait(false);
                _ = Task.Run(
                    async () =>
                    {
                        try
                        {
                            await ConverseAsync(client, ending.Token).ConfigureAwait(false);
                        }
                        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
                        {
                            // Whoever asked has gone; it will ask again.
                        }
                        catch (Exception e)
                        {
                            // What was signed may not be on the disk: no word from here any more.
                            broken = e;
                            await ending.CancelAsync().ConfigureAwait(false);
                        }
                        finally
                        {
                            client.Dispose();
                            connections.Release();
                        }
                    },
                    CancellationToken.None
                );
            }
        }
        catch (OperationCanceledException) when (broken is null) { }
        catch (OperationCanceledException)
        {
            throw broken!;
        }
    }

    public void Dispose()
    {
        listener.Dispose();
        journal.Dispose();
        key.Dispose();
    }

    private async Task ConverseAsync(TcpClient client, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Patience, environment.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        NetworkStream stream = client.GetStream();
        var reader = new HttpReader(stream, MaxRequest);
        while (await reader.ReadAsync(either.Token).ConfigureAwait(false) is { } asked)
            await stream.WriteAsync(Answer(asked).ToBytes(), either.Token).ConfigureAwait(false);
    }

    private HttpMessage Answer(HttpMessage asked)
    {
        ApprovalRequest request;
        try
        {
            request = ApprovalRequest.Parse(asked.Body.Span);
        }
        catch (TessraxException e)
        {
            return new HttpMessage(HttpMessage.Refused, Encoding.UTF8.GetBytes(e.Code.ToString()));
        }
        lock (one)
        {
            try
            {
                return new HttpMessage(HttpMessage.Ok, VerdictMessage.Write(Verdicts(request)));
            }
            // What it asks for cannot be signed; whatever else goes wrong has to do with the disk.
            catch (TessraxException e) when (e.Code.Class is ErrorClass.Refused or ErrorClass.Input)
            {
                return new HttpMessage(HttpMessage.Refused, Encoding.UTF8.GetBytes(e.Code.ToString()));
            }
        }
    }

    private IReadOnlyList<VerdictMessage> Verdicts(ApprovalRequest request)
    {
        UtcTime now = UtcTime.Now(environment.Clock) + settings.Skew;
        if (settings.Misbehaviour is { } how)
            return
            [
                .. Dishonest
                    .Answer(how, request, (key, settings.Name, settings.Everybody), now, environment.Random)
                    .Select(v => new VerdictMessage(v.From, v.Verdict)),
            ];
        var approver = new QuorumApprover(key, journal);
        // As in the simulation: of one body in ten each thinks for itself, and would say something else the next time.
        return
        [
            .. approver
                .Answer(
                    request,
                    now,
                    environment.Random,
                    body => body.Span[0] % 10 != 0 || environment.RandomBytes(1)[0] < 128
                )
                .Select(v => new VerdictMessage(settings.Name, v)),
        ];
    }
}
