using System.Diagnostics;
using System.Globalization;

namespace Tessrax.EndToEnd.Tests.Faults;

/// <summary>What strace does to a system call.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Injection">As in <c>-e inject=CALL:INJECTION:when=N</c>.</param>
internal sealed record SyscallFault(string Name, string Injection)
{
    /// <summary>The process dies as it enters the call, which is not made.</summary>
    public static readonly SyscallFault Kill = new("SIGKILL", "signal=SIGKILL");

    /// <summary>The call is not made and reports an error of the device.</summary>
    public static readonly SyscallFault Eio = new("EIO", "error=EIO");

    /// <summary>The call is not made for want of space.</summary>
    public static readonly SyscallFault Enospc = new("ENOSPC", "error=ENOSPC");

    /// <summary>The call is not made, and may be made again.</summary>
    public static readonly SyscallFault Eintr = new("EINTR", "error=EINTR");

    public override string ToString() => Name;
}

/// <summary>A run of the real binary with one system call of it spoilt.</summary>
/// <param name="Fired">Whether there was an n-th call of that name in any thread.</param>
/// <param name="ExitCode"><see cref="Strace.Killed"/> after SIGKILL.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record StraceRun(bool Fired, int ExitCode, string Output, string Error);

/// <summary>Runs <c>tessraxctl</c> under Debian's strace, which spoils the n-th call of a name.</summary>
internal static class Strace
{
    /// <summary>The calls that change what is on disk. Between two of them the disk does not change, so a kill at the entry of each is a kill
    /// at every instruction. All files are written by pwrite; write is left to pipes and to the runtime, which does not survive its failure.</summary>
    public static readonly string[] Changing =
    [
        "pwrite64",
        "fdatasync",
        "fsync",
        "syncfs",
        "rename",
        "link",
        "unlink",
        "rmdir",
        "ftruncate",
        "mkdir",
        "fallocate",
        "sync_file_range",
    ];

    /// <summary>The exit code of a process that SIGKILL ended.</summary>
    public const int Killed = 137;

    // No run takes more than seconds.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static bool IsThere { get; } = File.Exists("/usr/bin/strace");

    /// <summary>The calls of those names that a command makes, most by one thread; names that it never makes are left out.</summary>
    public static IReadOnlyDictionary<string, int> Count(Ctl ctl, string[] args)
    {
        string log = ctl.PathOf("strace.log");
        Run(ctl, log, ["-e", "trace=" + string.Join(',', Changing)], args);
        var counts = new Dictionary<(string Thread, string Call), int>();
        foreach (string line in File.ReadLines(log))
        {
            // "1234 pwrite64(5, ..." with -f; a call that another thread interrupts in the log is resumed on a later line, which has no name first.
            string[] words = line.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries);
            int open = words.Length < 2 ? -1 : words[1].TrimStart().IndexOf('(', StringComparison.Ordinal);
            if (open <= 0 || !Changing.Contains(words[1].TrimStart()[..open]))
                continue;
            (string, string) key = (words[0], words[1].TrimStart()[..open]);
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }
        return counts.GroupBy(c => c.Key.Call).ToDictionary(g => g.Key, g => g.Max(c => c.Value));
    }

    /// <summary>Runs a command whose n-th call of a name, from 1 and in each thread, is spoilt.</summary>
    public static StraceRun Spoil(Ctl ctl, string call, SyscallFault fault, int number, string[] args)
    {
        string log = ctl.PathOf("strace.log");
        string when = number.ToString(CultureInfo.InvariantCulture);
        StraceRun run = Run(
            ctl,
            log,
            ["-e", $"trace={call}", "-e", $"inject={call}:{fault.Injection}:when={when}"],
            args
        );
        bool fired = run.ExitCode == Killed || File.ReadAllText(log).Contains("INJECTED", StringComparison.Ordinal);
        return run with { Fired = fired };
    }

    /// <exception cref="TimeoutException">It did not end; it was killed.</exception>
    private static StraceRun Run(Ctl ctl, string log, string[] options, string[] args)
    {
        (string program, string[] first) = Ctl.Program();
        var info = new ProcessStartInfo(
            "/usr/bin/strace",
            ["-f", "-qq", "-o", log, .. options, program, .. first, .. args]
        )
        {
            WorkingDirectory = ctl.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        ctl.Surround(info);
        using Process process = Process.Start(info)!;
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            string last = string.Join('\n', File.ReadLines(log).TakeLast(5));
            throw new TimeoutException(
                $"tessraxctl {string.Join(' ', args)} did not end in {Patience}; its last calls:\n{last}"
            );
        }
        return new StraceRun(false, process.ExitCode, output.Result, error.Result);
    }
}
