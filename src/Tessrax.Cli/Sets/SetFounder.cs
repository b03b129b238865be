using Tessrax.Cli.Ledgers;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Files;
using Tessrax.Node.Keys;
using Tessrax.Node.Shards;

namespace Tessrax.Cli.Sets;

/// <summary>Makes a new set: ledgers that differ in nothing but which part they are, and the list of them. Either all of it is there in the end, or nothing.</summary>
internal static class SetFounder
{
    /// <summary>Makes a set in a directory that does not exist or is empty.</summary>
    /// <param name="context">The surroundings.</param>
    /// <param name="directory">The set's.</param>
    /// <param name="name">The set's.</param>
    /// <param name="of">How many shards.</param>
    /// <param name="wish">What each begins with.</param>
    /// <param name="passphrase">Of their keys.</param>
    /// <param name="seed">Where their keys come from; they are drawn if it is null.</param>
    /// <exception cref="TessraxException">TSX3010: there is something already; and those of <see cref="LedgerFounder.Found"/>.</exception>
    public static FoundedLedger[] Found(
        CliContext context,
        string directory,
        string name,
        int of,
        FoundingWish wish,
        byte[] passphrase,
        LedgerSeed? seed
    )
    {
        Origins.Check(name);
        NodeEnvironment environment = LedgerSession.Environment(context);
        bool existed = Directory.Exists(directory);
        OpenSet.RequireFree(
            directory,
            "choose another path; if a shards init was cut short there, remove the directory and try again"
        );
        var founded = new List<FoundedLedger>();
        try
        {
            DiskErrors.Writing(directory, () => environment.Disk.CreateDirectory(directory));
            for (int i = 0; i < of; i++)
                founded.Add(FoundOne(i));
            ShardSet.Of(name, founded.Select(one => one.Id)).Write(directory, environment.Disk);
            return [.. founded];
        }
        catch
        {
            // Only what was made here: another process may be making a set in the same directory.
            foreach (FoundedLedger one in founded)
                Directory.Delete(one.Directory, recursive: true);
            if (!existed && Directory.Exists(directory) && !Directory.EnumerateFileSystemEntries(directory).Any())
                Directory.Delete(directory);
            throw;
        }

        FoundedLedger FoundOne(int index)
        {
            var shard = new Shard(name, index, of);
            return LedgerFounder.Found(
                context,
                environment,
                ShardSet.DirectoryOf(directory, index),
                shard.Origin,
                wish,
                passphrase,
                layout: null,
                seed,
                new ShardFounding(shard, index == 0 ? null : ShardSet.DirectoryOf(directory, 0))
            );
        }
    }
}
