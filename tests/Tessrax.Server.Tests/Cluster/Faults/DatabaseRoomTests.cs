using Npgsql;
using Tessrax.Node.Tests.Stores;

namespace Tessrax.Server.Tests.Cluster.Faults;

/// <summary>The database has no room on its disk, or no connection, for whoever appends; then it has again.</summary>
public sealed class DatabaseRoomTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan While = TimeSpan.FromSeconds(5);

    [Theory(Explicit = true)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_full_disk_is_told_and_once_there_is_room_it_goes_on(bool stopsTheServer)
    {
        PrivateNet.RequireOwnNamespaces();
        using var disk = new SmallDisk(200);
        PrivatePostgres server = PrivatePostgres.Begin(
            disk.Folder,
            "127.0.0.1",
            "min_wal_size=32MB",
            "max_wal_size=48MB"
        );
        using ClusterRig rig = await ClusterRig.Start(TestCluster.Begin(server), output);
        var load = new ClusterLoad(rig.Nodes, 9);
        await load.More(50);
        disk.Fill();
        // Where its own log does not find room either, the server does not only refuse: it ends.
        if (stopsTheServer)
            Assert.ThrowsAny<NpgsqlException>(() => WriteLog(server));
        await load.UntilRefused();
        await Task.Delay(While);
        disk.Free();
        if (stopsTheServer)
        {
            if (server.Runs)
                server.Crash();
            server.Start();
        }
        TimeSpan back = await load.More(1);
        await load.More(50);
        await rig.AllAppend("again at");
        await load.End();
        rig.Tell(stopsTheServer ? "server ended by its full disk" : "disk full", back, Bound, load);
        Assert.All(load.Refused, one => Assert.Contains(one.Code, DatabaseAway.Codes));
        await rig.MustHold(load);
    }

    [Fact(Explicit = true)]
    public async Task Connections_that_others_hold_are_waited_for()
    {
        PrivatePostgres server = PrivatePostgres.Begin("max_connections=110");
        using ClusterRig rig = await ClusterRig.Start(TestCluster.Begin(server), output);
        var load = new ClusterLoad(rig.Nodes, 9);
        await load.More(50);
        using (var greed = new Greed(server))
        {
            greed.TakeAll();
            await load.UntilRefused();
            await Task.Delay(While);
        }
        TimeSpan back = await load.More(1);
        await load.More(50);
        await rig.AllAppend("again at");
        await load.End();
        rig.Tell("out of connections", back, Bound, load);
        Assert.All(load.Refused, one => Assert.Contains(one.Code, DatabaseAway.Codes));
        await rig.MustHold(load);
    }

    // Each time into another file, until there is none left from before.
    private static void WriteLog(PrivatePostgres server)
    {
        for (int i = 0; i < 20; i++)
            server.Ask("SELECT pg_switch_wal(), pg_logical_emit_message(true, 'tessrax', 'full')");
    }

    /// <summary>Holds all connections that a server has, those that others had, too.</summary>
    private sealed class Greed(PrivatePostgres server) : IDisposable
    {
        private readonly List<NpgsqlConnection> held = [];

        public void TakeAll()
        {
            held.Add(Open());
            using NpgsqlCommand others = held[0].CreateCommand();
            others.CommandText =
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE backend_type = 'client backend' AND application_name <> 'greed'";
            do
            {
                try
                {
                    while (true)
                        held.Add(Open());
                }
                catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.TooManyConnections) { }
            } while ((long)others.ExecuteScalar()! > 0);
        }

        public void Dispose() => held.ForEach(connection => connection.Dispose());

        private NpgsqlConnection Open()
        {
            var connection = new NpgsqlConnection($"{server.Connection};Application Name=greed");
            try
            {
                connection.Open();
                return connection;
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        }
    }
}
