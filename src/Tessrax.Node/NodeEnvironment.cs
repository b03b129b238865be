using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tessrax.Node.Files;

namespace Tessrax.Node;

/// <summary>The outside world of a node: clock, randomness, disk, and the user's directories outside the ledger.</summary>
/// <param name="Clock">Wall clock and monotonic time.</param>
/// <param name="Random">Where nonces, salts and keys come from.</param>
/// <param name="Disk">The file system.</param>
/// <param name="ConfigDirectory">Where trust roots are pinned: <c>$XDG_CONFIG_HOME/tessrax</c>; null if the user has no home.</param>
/// <param name="StateDirectory">Where marks are kept: <c>$XDG_STATE_HOME/tessrax</c>; null if the user has no home.</param>
public sealed record NodeEnvironment(
    TimeProvider Clock,
    RandomSource Random,
    IDisk Disk,
    string? ConfigDirectory,
    string? StateDirectory
)
{
    /// <summary>The surroundings of a node that a user runs on this machine: XDG base directories, as other programs use them.</summary>
    /// <param name="variable">Gives environment variables, or null.</param>
    /// <param name="clock">The time.</param>
    /// <param name="random">Random bytes.</param>
    /// <param name="logger">Told what happens; null for nobody.</param>
    public static NodeEnvironment OfUser(
        Func<string, string?> variable,
        TimeProvider clock,
        RandomSource random,
        ILogger? logger = null
    )
    {
        ArgumentNullException.ThrowIfNull(variable);
        return new NodeEnvironment(
            clock,
            random,
            SystemDisk.Instance,
            UserDirectory(variable, "XDG_CONFIG_HOME", ".config"),
            UserDirectory(variable, "XDG_STATE_HOME", Path.Combine(".local", "state"))
        )
        {
            CacheDirectory = UserDirectory(variable, "XDG_CACHE_HOME", ".cache"),
            // A clock that somebody made up has nothing to do with the machine's.
            Uptime = clock == TimeProvider.System ? MachineUptime.Read : static () => null,
            Room = DiskRoom.Of,
            Logger = logger ?? NullLogger.Instance,
        };
    }

    /// <summary>Where may be kept what can be fetched again: <c>$XDG_CACHE_HOME/tessrax</c>; null if the user has no home.</summary>
    public string? CacheDirectory { get; init; }

    /// <summary>How long the machine has been up; gives null where that is not known, so that a step of the clock between processes is not seen.</summary>
    public Func<MachineUptime?> Uptime { get; init; } = static () => null;

    /// <summary>How much room there is where a directory lies; gives null where that is not known, so that it is not judged.</summary>
    public Func<string, DiskRoom?> Room { get; init; } = static _ => null;

    /// <summary>Told what happens, for whoever runs the node: docs/logging.md lists it all. Nothing waits for it, and no secret is given to it.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>So many random bytes, a mebibyte at most.</summary>
    public byte[] RandomBytes(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 1 << 20);
        var bytes = new byte[count];
        Random(bytes);
        return bytes;
    }

    private static string? UserDirectory(Func<string, string?> variable, string name, string underHome)
    {
        // XDG Base Directory: a path that is not absolute counts as unset.
        if (variable(name) is { Length: > 0 } named && Path.IsPathRooted(named))
            return Path.Combine(named, "tessrax");
        return variable("HOME") is { Length: > 0 } home ? Path.Combine(home, underHome, "tessrax") : null;
    }
}
