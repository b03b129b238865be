using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Node.Files;

namespace Tessrax.Node.Publishing;

/// <summary>When the log's clock was last right, beside the mark outside the ledger's directory: within one boot of the machine, a step of the clock between two
/// processes is then seen like one within a process.</summary>
/// <remarks><code>{"boot":"3b7ad9f4-…","uptime":12345670000,"wall":"2026-01-31T12:00:00.000000Z"}</code>
/// Uptime in microseconds. After a boot nothing is known: a clock that was set while the machine was off cannot be told from a machine that was off.
/// Written at most once a second while appending, and at the end.</remarks>
internal sealed class ClockNote
{
    private const int MaxBytes = 4096;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly NodeEnvironment environment;
    private readonly string? path;
    private long writtenAt;
    private bool written;
    private bool waiting;

    public ClockNote(NodeEnvironment environment, Digest ledger)
    {
        this.environment = environment;
        path = environment.StateDirectory is { } state ? Path.Combine(state, "clocks", ledger.ToHex()) : null;
    }

    /// <summary>What the wall clock should say now; null if that is not known.</summary>
    /// <param name="lastRecordedAt">The ledger's newest time: an adjustment may be on record that a crash kept out of the note.</param>
    public UtcTime? Expected(UtcTime lastRecordedAt)
    {
        if (path is null || environment.Uptime() is not { } now || !environment.Disk.Exists(path))
            return null;
        try
        {
            var reader = new ObjectReader(JsonValue.Parse(DurableFile.Read(environment.Disk, path, MaxBytes)));
            string boot = reader.String("boot");
            TimeSpan uptime = TimeSpan.FromMicroseconds(reader.Integer("uptime"));
            UtcTime wall = reader.Time("wall");
            reader.End();
            return boot == now.Boot && now.Uptime >= uptime
                ? UtcTime.Max(wall + (now.Uptime - uptime), lastRecordedAt)
                : null;
        }
        catch (TessraxException)
        {
            // Not what we wrote, or it cannot be read: nothing is known.
            return null;
        }
    }

    /// <summary>Notes that the clock is right, if the last note is a second old.</summary>
    /// <exception cref="TessraxException">TSX3005 to TSX3008: it cannot be written.</exception>
    public void Note(UtcTime present)
    {
        waiting = true;
        if (!written || environment.Clock.GetElapsedTime(writtenAt) >= Interval)
            Flush(present);
    }

    /// <summary>Notes at once what the present really is, after the log's time was adjusted.</summary>
    /// <exception cref="TessraxException">TSX3005 to TSX3008: it cannot be written.</exception>
    public void Replace(UtcTime present)
    {
        waiting = true;
        Flush(present);
    }

    /// <summary>Writes what waits.</summary>
    /// <exception cref="TessraxException">TSX3005 to TSX3008: it cannot be written.</exception>
    public void Flush(UtcTime present)
    {
        if (path is null || !waiting || environment.Uptime() is not { } now)
            return;
        string folder = Path.GetDirectoryName(path)!;
        DiskErrors.Writing(folder, () => environment.Disk.CreateDirectory(folder));
        JsonValue note = JsonValue.Object(
            ("boot", now.Boot),
            ("uptime", (long)now.Uptime.TotalMicroseconds),
            ("wall", present.ToString())
        );
        DurableFile.Write(environment.Disk, path, note.ToCanonicalBytes(), DurableFileOptions.Derived);
        (written, writtenAt, waiting) = (true, environment.Clock.GetTimestamp(), false);
    }

    /// <summary>Removes what writers that died left unfinished.</summary>
    public void DropRemains()
    {
        if (path is not null)
            Remains.Drop(environment.Disk, Path.GetDirectoryName(path)!, Path.GetFileName(path));
    }
}
