using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tessrax.Keys;
using Tessrax.Node.Files;

namespace Tessrax.Node.Simulation;

/// <summary>How approvers are started.</summary>
/// <param name="Program">The program.</param>
/// <param name="Arguments">What it makes of an approver's settings: its command line.</param>
public sealed record ApproverCommand(string Program, Func<ApproverSettings, IReadOnlyList<string>> Arguments)
{
    /// <summary>The variable that holds the passphrase of the approvers' keys.</summary>
    public const string PassphraseVariable = "TESSRAX_PASSPHRASE";
}

/// <summary>An approver's process, which its owner may kill, stop and start again. No other process is ever sent a signal.</summary>
internal sealed class ApproverProcess : IDisposable
{
    private const int MostErrors = 4096;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process process;
    private readonly StringBuilder errors = new();

    private ApproverProcess(Process process) => this.process = process;

    /// <summary>Where it listens.</summary>
    public int Port { get; private set; }

    /// <summary>Its key.</summary>
    public VerifierKey Key { get; private set; } = null!;

    /// <summary>Whether it has ended, by itself or not.</summary>
    public bool HasEnded => process.HasExited;

    /// <summary>What it said on standard error last.</summary>
    public string Errors
    {
        get
        {
            lock (errors)
                return errors.ToString().Trim();
        }
    }

    /// <summary>Starts an approver, and waits until it listens.</summary>
    /// <exception cref="TessraxException">TSX7000: it did not start; what it said is in the message.</exception>
    public static ApproverProcess Start(ApproverCommand command, ApproverSettings settings, string passphrase)
    {
        var start = new ProcessStartInfo(command.Program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in command.Arguments(settings))
            start.ArgumentList.Add(argument);
        start.Environment[ApproverCommand.PassphraseVariable] = passphrase;
        var started = new ApproverProcess(Process.Start(start)!);
        try
        {
            started.Listen();
            return started;
        }
        catch
        {
            started.Dispose();
            throw;
        }
    }

    /// <summary>SIGKILL: at whatever instruction it is. Returns when it is gone.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>SIGSTOP: it stands still, and its connections with it.</summary>
    public void Stop() => Signal(Libc.SigStop);

    /// <summary>SIGCONT.</summary>
    public void Continue() => Signal(Libc.SigContinue);

    public void Dispose()
    {
        try
        {
            Kill();
        }
        finally
        {
            process.Dispose();
        }
    }

    private void Signal(int signal)
    {
        if (!process.HasExited)
            Libc.Signal(process.Id, signal);
    }

    private void Listen()
    {
        process.ErrorDataReceived += (_, line) =>
        {
            lock (errors)
            {
                if (line.Data is { } text && errors.Length < MostErrors)
                    errors.Append(text).Append('\n');
            }
        };
        process.BeginErrorReadLine();
        Task<string?> greeting = process.StandardOutput.ReadLineAsync();
        if (
            !greeting.Wait(Patience)
            || greeting.Result?.Split(' ') is not [{ } port, { } vkey]
            || !int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        )
        {
            Kill();
            throw ErrorCodes.Bug.Because($"an approver did not start: {Errors}");
        }
        Port = number;
        Key = VerifierKey.Parse(vkey);
    }
}
