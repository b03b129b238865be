using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Publishing;

namespace Tessrax.Node.Serving;

/// <summary>Tells whether a ledger has grown, at next to no cost.</summary>
internal abstract class LedgerNews
{
    /// <summary>What there is now: the same object as before if nothing was appended meanwhile.</summary>
    public abstract object Look();

    /// <summary>Whether there is more than was seen.</summary>
    public bool IsNewerThan(object seen) => !ReferenceEquals(Look(), seen);

    /// <summary>Tries to have so many entries; whether they are there, a look tells.</summary>
    public virtual void Reach(long size) { }

    /// <summary>By what somebody brings to the directory.</summary>
    public sealed class OfFeed(ILedgerFeed feed) : LedgerNews
    {
        public override object Look() => feed.Newest;

        public override void Reach(long size) => feed.Reach(size);
    }

    /// <summary>By the checkpoint that the process's own writer signed last.</summary>
    public sealed class OfPipeline(LedgerPipeline pipeline) : LedgerNews
    {
        public override object Look() => pipeline.Checkpoint;
    }

    /// <summary>By the checkpoint that another process published last, looked at not too often.</summary>
    public sealed class OfFile(LedgerDirectory directory, IDisk disk, TimeProvider clock, TimeSpan often) : LedgerNews
    {
        private readonly Lock looking = new();
        private byte[]? published;
        private long lookedAt;

        public override object Look()
        {
            lock (looking)
            {
                if (published is not null && clock.GetElapsedTime(lookedAt) < often)
                    return published;
                lookedAt = clock.GetTimestamp();
                byte[] now = LedgerMark.ReadNote(disk, directory.CheckpointFile);
                return published = published.AsSpan().SequenceEqual(now) && published is not null ? published : now;
            }
        }
    }
}
