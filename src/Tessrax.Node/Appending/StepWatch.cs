namespace Tessrax.Node.Appending;

/// <summary>What a pipeline's threads are doing, so that whoever waits for too long can be told for what.</summary>
/// <remarks>Written by those threads, read by any; a reader may see one step's name with the next one's start, which misleads nobody for long.</remarks>
internal sealed class StepWatch(TimeProvider clock)
{
    private string? sequencing;
    private long sequencingSince;
    private int writing;
    private long writingSince;

    /// <summary>In words, with how long it has gone on.</summary>
    public string Holder
    {
        get
        {
            // The disk is what the sequencer waits for, if it waits.
            int entries = Volatile.Read(ref writing);
            if (entries > 0)
                return $"the disk, which has had a batch of {entries} for {Since(writingSince).TotalSeconds:0.0} s";
            return Volatile.Read(ref sequencing) is { } step
                ? $"{step}, for {Since(sequencingSince).TotalSeconds:0.0} s"
                : "nothing that it knows of";
        }
    }

    /// <summary>How long the present batch has been on its way to the disk; zero if none is.</summary>
    public TimeSpan Writing => Volatile.Read(ref writing) > 0 ? Since(writingSince) : TimeSpan.Zero;

    /// <summary>The sequencer begins something.</summary>
    public void Begin(string step)
    {
        Volatile.Write(ref sequencingSince, clock.GetTimestamp());
        Volatile.Write(ref sequencing, step);
    }

    /// <summary>The sequencer is idle.</summary>
    public void End() => Volatile.Write(ref sequencing, null);

    /// <summary>A batch of so many entries goes to the disk.</summary>
    public void BeginWriting(int entries)
    {
        Volatile.Write(ref writingSince, clock.GetTimestamp());
        Volatile.Write(ref writing, entries);
    }

    /// <summary>It is there, or has failed.</summary>
    public void EndWriting() => Volatile.Write(ref writing, 0);

    private TimeSpan Since(long moment) => clock.GetElapsedTime(Volatile.Read(ref moment));
}
