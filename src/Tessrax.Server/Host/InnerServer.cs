using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace Tessrax.Server.Host;

/// <summary>A server that listens nowhere: requests that came in elsewhere are handed to it.</summary>
internal sealed class InnerServer : IServer
{
    private readonly Lock access = new();
    private Func<IFeatureCollection, Task>? handle;
    private TaskCompletionSource? idle;
    private int running;

    /// <summary>None: it has no addresses.</summary>
    public IFeatureCollection Features { get; } = new FeatureCollection();

    /// <summary>Answers a request.</summary>
    /// <param name="request">The request and its answer. What is noted with it here stays here.</param>
    /// <returns>False if it has stopped; nothing was done then.</returns>
    public async Task<bool> TryHandle(IFeatureCollection request)
    {
        Func<IFeatureCollection, Task> answer;
        lock (access)
        {
            if (handle is null)
                return false;
            running++;
            answer = handle;
        }
        try
        {
            await answer(new FeatureCollection(request));
            return true;
        }
        finally
        {
            lock (access)
            {
                if (--running == 0)
                    idle?.TrySetResult();
            }
        }
    }

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        handle = request => Run(application, request);
        return Task.CompletedTask;
    }

    /// <summary>Takes nothing any more, and waits until all that was taken is answered.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Task rest;
        lock (access)
        {
            handle = null;
            idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            rest = running == 0 ? Task.CompletedTask : idle.Task;
        }
        try
        {
            await rest.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // As with other servers: who takes longer than there is patience is left behind.
        }
    }

    public void Dispose() { }

    private static async Task Run<TContext>(IHttpApplication<TContext> application, IFeatureCollection request)
        where TContext : notnull
    {
        TContext context = application.CreateContext(request);
        Exception? failure = null;
        try
        {
            await application.ProcessRequestAsync(context);
        }
        catch (Exception e)
        {
            failure = e;
            throw;
        }
        finally
        {
            application.DisposeContext(context, failure);
        }
    }
}
