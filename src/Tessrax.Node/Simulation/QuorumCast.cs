using System.Globalization;
using Tessrax.Keys;

namespace Tessrax.Node.Simulation;

/// <summary>The approvers of a run: their processes, and the proxies before them.</summary>
internal sealed class QuorumCast : IDisposable
{
    private const int AtOnce = 4;

    private readonly ApproverCommand command;
    private readonly string passphrase;
    private readonly ApproverProcess?[] processes;

    private QuorumCast(QuorumPlan plan, ApproverCommand command, ApproverSettings[] settings, string passphrase)
    {
        this.command = command;
        this.passphrase = passphrase;
        Settings = settings;
        processes = new ApproverProcess?[plan.Nodes];
        Proxies = new FaultyProxy[plan.Nodes];
        IsStopped = new bool[plan.Nodes];
    }

    public IReadOnlyList<ApproverSettings> Settings { get; }

    public FaultyProxy[] Proxies { get; }

    /// <summary>Who stands still.</summary>
    public bool[] IsStopped { get; }

    public IReadOnlyList<PublicKey> Keys { get; private set; } = [];

    /// <summary>Starts all of them.</summary>
    /// <param name="plan">How many, and how they are.</param>
    /// <param name="command">How they are started.</param>
    /// <param name="folder">Where their disks are.</param>
    /// <param name="environment">Randomness and time.</param>
    /// <param name="chance">What their clocks' skew, and what the proxies do, is drawn from.</param>
    public static QuorumCast Start(
        QuorumPlan plan,
        ApproverCommand command,
        string folder,
        NodeEnvironment environment,
        SplitMix chance
    )
    {
        string[] everybody = [.. Enumerable.Range(0, plan.Nodes).Select(QuorumFounding.NameOf)];
        TimeSpan half = plan.Faults.Skew / 2;
        ApproverSettings[] settings =
        [
            .. everybody.Select(
                (name, i) =>
                    new ApproverSettings(
                        Path.Combine(folder, name),
                        name,
                        plan.Faults.Skew > TimeSpan.Zero
                            ? chance.Between(TimeSpan.Zero, plan.Faults.Skew) - half
                            : TimeSpan.Zero,
                        i >= plan.Nodes - plan.Faults.Dishonest ? plan.Faults.Misbehaviour : null,
                        everybody
                    )
            ),
        ];
        var cast = new QuorumCast(plan, command, settings, Convert.ToHexStringLower(environment.RandomBytes(32)));
        try
        {
            for (int i = 0; i < plan.Nodes; i++)
                cast.Proxies[i] = new FaultyProxy(plan.Faults, chance.Split(), environment.Clock);
            Parallel.For(0, plan.Nodes, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, cast.Launch);
            cast.Keys = [.. cast.processes.Select(process => process!.Key.Key)];
            return cast;
        }
        catch (AggregateException e) when (e.InnerExceptions[0] is TessraxException first)
        {
            cast.Dispose();
            throw new TessraxException(first.Code, first.Message, first.Hint, e);
        }
        catch
        {
            cast.Dispose();
            throw;
        }
    }

    /// <summary>Whether an approver's process is there, be it that it stands still.</summary>
    public bool IsUp(int approver) => processes[approver] is not null;

    /// <summary>SIGKILL.</summary>
    public void Kill(int approver)
    {
        Proxies[approver].Target = 0;
        processes[approver]?.Dispose();
        processes[approver] = null;
        IsStopped[approver] = false;
    }

    /// <summary>Starts an approver again, on its old disk.</summary>
    /// <returns>What is not as it was; null if all is.</returns>
    public string? Restart(int approver)
    {
        Launch(approver);
        return processes[approver]!.Key.Key == Keys[approver]
            ? null
            : $"{Settings[approver].Name} came back with another key";
    }

    public void Stop(int approver)
    {
        processes[approver]?.Stop();
        IsStopped[approver] = true;
    }

    public void Continue(int approver)
    {
        processes[approver]?.Continue();
        IsStopped[approver] = false;
    }

    /// <summary>Those who ended though nobody killed them, and what they said.</summary>
    public IEnumerable<string> Ended()
    {
        for (int i = 0; i < processes.Length; i++)
        {
            if (processes[i] is { HasEnded: true } gone)
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Settings[i].Name} ended by itself: {gone.Errors}"
                );
        }
    }

    /// <summary>Kills all of them: none is left behind.</summary>
    public void Dispose()
    {
        for (int i = 0; i < processes.Length; i++)
        {
            processes[i]?.Dispose();
            processes[i] = null;
        }
        foreach (FaultyProxy? proxy in Proxies)
            proxy?.Dispose();
    }

    private void Launch(int approver)
    {
        var started = ApproverProcess.Start(command, Settings[approver], passphrase);
        processes[approver] = started;
        Proxies[approver].Target = started.Port;
    }
}
